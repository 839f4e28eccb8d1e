// Runs CUDA texts on a CPU, thread for thread: the blocks of a kernel one after
// another, the threads of a block as fibers that meet at __syncthreads().
//
// A fiber runs to its next barrier before the following one goes on; `reversed` turns
// the order of blocks and threads round, so a kernel that lacks a barrier, or whose
// blocks depend on one another, gives other numbers.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <setjmp.h>
#include <ucontext.h>
#include <utility>

struct Index {
    unsigned x = 0, y = 0, z = 0;
};
static Index threadIdx, blockIdx, blockDim, gridDim;

#define __global__
#define __device__
#define __forceinline__ inline
#define __shared__ static
#define __restrict__ __restrict
#define __grid_constant__
#define __launch_bounds__(...)
#define __ldg(place) (*(place))

inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline int min(int a, int b) { return a < b ? a : b; }

namespace cuda_on_cpu {
namespace {  // each library has its own

constexpr std::size_t STACK = 256 * 1024;

struct Fiber {
    ucontext_t first;  // used once, to enter; then the buffer, which needs no kernel
    jmp_buf place;
    Index thread;
    bool entered = false, done = false;
    char* stack = static_cast<char*>(std::malloc(STACK));
};

static Fiber* fibers[1024];  // as many as a block may have threads
static Fiber* running = nullptr;
static jmp_buf scheduler;
static void (*call)(void*) = nullptr;
static void* call_with = nullptr;

inline void enter()
{
    call(call_with);
    running->done = true;
    _longjmp(scheduler, 1);
}

inline void resume(Fiber& fiber)
{
    if (_setjmp(scheduler) != 0)
        return;
    running = &fiber;
    threadIdx = fiber.thread;
    if (fiber.entered)
        _longjmp(fiber.place, 1);
    fiber.entered = true;
    setcontext(&fiber.first);
}

// Run one block; false where some threads wait at a barrier and others have ended.
inline bool block(std::size_t threads, bool reversed)
{
    for (std::size_t n = 0; n < threads; ++n) {
        if (fibers[n] == nullptr)
            fibers[n] = new Fiber;
        Fiber& fiber = *fibers[n];
        fiber.entered = fiber.done = false;
        fiber.thread = {unsigned(n % blockDim.x), unsigned(n / blockDim.x), 0};
        getcontext(&fiber.first);
        fiber.first.uc_stack = {fiber.stack, 0, STACK};
        fiber.first.uc_link = nullptr;
        makecontext(&fiber.first, enter, 0);
    }
    for (std::size_t ended = 0; ended < threads;) {
        ended = 0;
        for (std::size_t n = 0; n < threads; ++n) {
            Fiber& fiber = *fibers[reversed ? threads - 1 - n : n];
            if (fiber.done)
                return false;
            resume(fiber);
            ended += fiber.done;
        }
        if (ended != 0 && ended != threads)
            return false;
    }
    return true;
}

template <class... Arguments>
int launch(void (*kernel)(Arguments...), unsigned blocks, const unsigned* threads,
           void** places, int reversed)
{
    gridDim = {blocks, 1, 1};
    blockDim = {threads[0], threads[1], 1};
    auto bound = [&] {
        [&]<std::size_t... n>(std::index_sequence<n...>) {
            kernel(*static_cast<std::remove_const_t<Arguments>*>(places[n])...);
        }(std::index_sequence_for<Arguments...>{});
    };
    call = [](void* function) { (*static_cast<decltype(bound)*>(function))(); };
    call_with = &bound;
    for (unsigned n = 0; n < blocks; ++n) {
        blockIdx = {reversed ? blocks - 1 - n : n, 0, 0};
        if (!block(std::size_t(threads[0]) * threads[1], reversed))
            return 1;
    }
    return 0;
}

}  // namespace
}  // namespace cuda_on_cpu

static inline void __syncthreads()
{
    using namespace cuda_on_cpu;
    if (_setjmp(running->place) == 0)
        _longjmp(scheduler, 1);
}

#define LAUNCHER(kernel)                                                              \
    extern "C" __attribute__((visibility("default"))) int launch_##kernel(            \
        unsigned blocks, const unsigned* threads, void** places, int reversed)        \
    {                                                                                 \
        return cuda_on_cpu::launch(&kernel, blocks, threads, places, reversed);       \
    }
