# The libraries that Kiln's headers include: a target that the enclosing project has already, else the installed package,
# else (-DKILN_FETCH=ON, which needs internet) its source.

include(FetchContent)

function(kiln_dependency package target repository tag)
    if(TARGET ${target})
        return()
    endif()
    set(CMAKE_REQUIRED_QUIET ON)
    find_package(${package} CONFIG QUIET)
    if(TARGET ${target})
        return()
    endif()
    if(NOT KILN_FETCH)
        message(FATAL_ERROR "Kiln needs ${package}, which is not installed: run scripts/setup.sh, "
                            "or configure with -DKILN_FETCH=ON to download it.")
    endif()
    FetchContent_Declare(${package} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON)
    FetchContent_MakeAvailable(${package})
    # Their headers are not ours to warn about.
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    set_target_properties(${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${includes}")
    # A fetched library is no part of the installed package, which would refer to it.
    set(KILN_INSTALL OFF CACHE BOOL "" FORCE)
endfunction()

# The order matters: the packages of xsimd and xtensor link xtl, and xsimd's does not look for it.
kiln_dependency(xtl xtl https://github.com/xtensor-stack/xtl.git 0.8.2)
kiln_dependency(xsimd xsimd https://github.com/xtensor-stack/xsimd.git 14.3.0)
kiln_dependency(xtensor xtensor https://github.com/xtensor-stack/xtensor.git 0.27.1)
kiln_dependency(nlohmann_json nlohmann_json::nlohmann_json https://github.com/nlohmann/json.git v3.11.3)
if(KILN_BUILD_TESTS)
    kiln_dependency(doctest doctest::doctest https://github.com/doctest/doctest.git v2.4.11)
endif()

find_package(ZLIB REQUIRED)
include(cmake/libdeflate.cmake)

if(KILN_OPENMP)
    find_package(OpenMP QUIET COMPONENTS CXX)
    if(NOT OpenMP_CXX_FOUND)
        message(STATUS "kiln: ${CMAKE_CXX_COMPILER} has no OpenMP here: one thread")
    endif()
endif()

# stb has neither a CMake package nor a version; headers include <stb/stb_image.h>.
find_path(KILN_STB_INCLUDE_DIR stb/stb_image.h)
mark_as_advanced(KILN_STB_INCLUDE_DIR)
if(NOT KILN_STB_INCLUDE_DIR AND KILN_FETCH)
    set(deps ${PROJECT_BINARY_DIR}/_deps/stb-include)
    FetchContent_Declare(stb GIT_REPOSITORY https://github.com/nothings/stb.git GIT_TAG master GIT_SHALLOW ON
                         SOURCE_DIR ${deps}/stb)
    FetchContent_MakeAvailable(stb)
    set(KILN_STB_INCLUDE_DIR ${deps} CACHE PATH "" FORCE)
endif()
