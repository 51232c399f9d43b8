# Compiles SOURCE twice. With -DCONTROL it must compile, so that no broken include can pass for the expected error. Without,
# it must give exactly one error, no longer than a screen, that holds every text of its `// expect-error: text` lines.
cmake_minimum_required(VERSION 3.22)

function(compile)
    execute_process(COMMAND ${COMPILER} ${FLAGS} -fsyntax-only ${ARGN} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE output)
    set(status "${status}" PARENT_SCOPE)
    set(output "${output}" PARENT_SCOPE)
endfunction()

function(fail sentence)
    message("${ARGN}")  # as it is: FATAL_ERROR would wrap it
    message(FATAL_ERROR "${sentence}")
endfunction()

file(STRINGS ${SOURCE} expected REGEX "^// expect-error: ")
if(NOT expected)
    fail("${SOURCE} has no line `// expect-error: text`")
endif()

compile(-DCONTROL)
if(NOT status EQUAL 0)
    fail("the control half must compile" "${output}")
endif()

compile()
if(status EQUAL 0)
    fail("it compiles, but must not")
endif()

# clang cuts long texts, so a sentence reaches it as Piece<32>{"layer 7 ... expects"}, Piece<26>{"400 features, ..."}.
string(REGEX REPLACE "\"}+, *[A-Za-z_:]*Piece<[0-9]+[A-Za-z]*>{+\"" " " joined "${output}")
string(REPLACE "\\'" "'" joined "${joined}")
foreach(line IN LISTS expected)
    string(REGEX REPLACE "^// expect-error: " "" text "${line}")
    string(FIND "${joined}" "${text}" found)
    if(found EQUAL -1)
        fail("the message lacks the expected text" "expected: ${text}\n${joined}")
    endif()
endforeach()

string(REGEX MATCHALL "error:" errors "${output}")
list(LENGTH errors count)
if(NOT count EQUAL 1)
    fail("${count} errors instead of one" "${output}")
endif()

string(REGEX MATCHALL "\n" lines "${output}")
list(LENGTH lines count)
if(ID STREQUAL "GNU" AND count GREATER 25)
    fail("${count} lines, more than 25" "${output}")
endif()
