# Says once what most users would want to know before they measure. Also part of the installed package.
get_property(said GLOBAL PROPERTY kiln_lanes_said)
if(NOT said AND NOT "${CMAKE_CXX_FLAGS}" MATCHES "-m(arch|cpu|avx|sse4|fma)")
    set_property(GLOBAL PROPERTY kiln_lanes_said ON)
    message(STATUS "kiln: no -march flag, so the lanes are narrow and training is slow: "
                   "link kiln::native, or add -march=... to CMAKE_CXX_FLAGS")
endif()
