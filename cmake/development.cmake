# kiln_development: how the repository's own tests, examples and benchmarks are compiled. Users never see it.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)

add_library(kiln_development INTERFACE)
target_link_libraries(kiln_development INTERFACE kiln kiln_io)
target_compile_options(kiln_development INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)

if(KILN_NATIVE)
    target_link_libraries(kiln_development INTERFACE kiln_native)
endif()
if(KILN_WARNINGS_AS_ERRORS)
    target_compile_options(kiln_development INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms inside g++ 12's own AVX-512 intrinsics, which being a system header does not silence.
    target_compile_options(kiln_development INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized)
endif()

# xsimd 8.1 passes immediate operands through functions, which AVX-512 accepts only when they are inlined: never -O0.
target_compile_options(kiln_development INTERFACE $<$<CONFIG:Debug>:-O1>)

if(KILN_SANITIZE)
    # xsimd's exp of doubles makes a whole number of any, and throws it away where there is none.
    set(sanitize -fsanitize=${KILN_SANITIZE} -fno-sanitize=float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_options(kiln_development INTERFACE ${sanitize})
    target_link_options(kiln_development INTERFACE ${sanitize})
endif()
