# How many class and function templates of Kiln's clang instantiates for lenet5.cpp: more than a tenth above the number beside it, the file
# `instantiations`, is an error. It depends on no processor and on nothing that the machine does besides.
cmake_minimum_required(VERSION 3.22)
set(trace ${FOLDER}/instantiations.json)
list(TRANSFORM LIBRARIES PREPEND "-idirafter")  # one of the compiler's own stays in its place
execute_process(COMMAND ${COMPILER} -std=c++20 -I${CMAKE_CURRENT_LIST_DIR}/../../include ${LIBRARIES} -O0 -DNDEBUG -c ${CMAKE_CURRENT_LIST_DIR}/lenet5.cpp -o ${FOLDER}/instantiations.o
                        -ftime-trace=${trace} -ftime-trace-granularity=0
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND grep -o "\"name\":\"Instantiate[A-Za-z]*\",\"args\":{\"detail\":\"[^\"]*kiln::" ${trace} COMMAND wc -l
                OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE)
file(REMOVE ${trace} ${FOLDER}/instantiations.o)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/instantiations expected)

if(found EQUAL 0)
    message(FATAL_ERROR "clang's trace names no instantiations: has its format changed?")
endif()
math(EXPR most "${expected} * 110 / 100")
message("${found} instantiations, ${expected} expected")
if(found GREATER most)
    message(FATAL_ERROR "LeNet-5's training takes ${found} instantiations, and ${expected} were expected, ${most} at most: find out why "
                        "(clang++ -ftime-trace names them all), or commit the new number with `scripts/compile_time.py --commit-count`")
endif()
