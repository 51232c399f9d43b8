# Builds SOURCE for the board and for the host, runs both, and compares what they print.
#     cmake -D SOURCE=... -D OPTIONS=... -D TOLERANCE=... -D OUTPUT=... -D COMPARE=... -D HOST=... -D ARM=... -D QEMU=... -P run.cmake
function(check what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE printed ERROR_VARIABLE printed TIMEOUT 250)
    if(NOT status EQUAL 0)
        message("${printed}")
        message(FATAL_ERROR "${what} ended with ${status}: ${ARGN}")
    endif()
    set(printed "${printed}" PARENT_SCOPE)
endfunction()

set(board -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
    -nostartfiles --specs=rdimon.specs -Wl,--gc-sections -T ${CMAKE_CURRENT_LIST_DIR}/board.ld)
check("the cross compiler" ${ARM} ${OPTIONS} ${board} ${CMAKE_CURRENT_LIST_DIR}/startup.cpp ${SOURCE} -o ${OUTPUT}.elf)
check("the host's compiler" ${HOST} ${OPTIONS} ${SOURCE} -o ${OUTPUT})

check("the program on the board" ${QEMU} -machine mps2-an386 -semihosting -nographic -monitor none -serial none -kernel ${OUTPUT}.elf)
file(WRITE ${OUTPUT}.board.txt "${printed}")
message("${printed}")
check("the program on the host" ${OUTPUT})
file(WRITE ${OUTPUT}.host.txt "${printed}")

check("the comparison of what they print" ${COMPARE} ${OUTPUT}.board.txt ${OUTPUT}.host.txt ${TOLERANCE})
