// What runs before main on a Cortex-M: its vector table, and a reset that switches the FPU on and starts the C library.
#include <cstdint>
#include <cstdlib>

extern "C" {
extern std::uint32_t stack_top;     // from board.ld
void initialise_monitor_handles();  // of newlib's semihosting: opens the host's stdin, stdout and stderr
void __libc_init_array();
void _init() {}
void _fini() {}
void* __dso_handle = nullptr;  // by which static objects' destructors are known; the linker's own start files have it
int program() asm("main");  // ISO C++ lets nobody call main by that name

[[noreturn]] void reset() {
    auto* const coprocessors = reinterpret_cast<volatile std::uint32_t*>(0xE000'ED88);  // CPACR
    *coprocessors = *coprocessors | 0xFu << 20;                                         // full access to CP10 and CP11, the FPU
    asm volatile("dsb\n\tisb" ::: "memory");
    initialise_monitor_handles();
    __libc_init_array();
    std::exit(program());
}

// Any fault, such as a stack that ran into unmapped memory.
[[noreturn]] void fault() { std::_Exit(70); }
}

struct Vectors {
    std::uint32_t* stack;
    void (*handlers[6])();  // reset, NMI, and the faults: hard, memory, bus, usage
};
[[gnu::section(".vectors"), gnu::used]] const Vectors vectors{&stack_top, {reset, fault, fault, fault, fault, fault}};
