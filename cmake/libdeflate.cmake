# libdeflate inflates data sets three times as fast as zlib. It is used where it is installed; zlib does what it does not. Also part
# of the installed package. It has a CMake package only from 1.15 on, Debian 12 has 1.14, so look for the files.
find_path(KILN_LIBDEFLATE_INCLUDE_DIR libdeflate.h)
find_library(KILN_LIBDEFLATE_LIBRARY deflate)
mark_as_advanced(KILN_LIBDEFLATE_INCLUDE_DIR KILN_LIBDEFLATE_LIBRARY)
function(kiln_use_libdeflate target)
    if(KILN_LIBDEFLATE_INCLUDE_DIR AND KILN_LIBDEFLATE_LIBRARY)
        target_compile_definitions(${target} INTERFACE $<BUILD_INTERFACE:KILN_HAVE_LIBDEFLATE>)
        target_include_directories(${target} SYSTEM INTERFACE $<BUILD_INTERFACE:${KILN_LIBDEFLATE_INCLUDE_DIR}>)
        target_link_libraries(${target} INTERFACE $<BUILD_INTERFACE:${KILN_LIBDEFLATE_LIBRARY}>)
    endif()
endfunction()
