// Sources spread onto cells and receivers read from them, without atomics: every
// sum has one thread (or one block) and one order, so runs repeat bit for bit.

#include "constants"

// previous[cell] -= scale weight value: a thread a cell, point after point.
// starts (n + 1,), cells (n,) : contributions of cell k are [starts[k], starts[k + 1]).
// points, weights : of each contribution.   values : of each point.
extern "C" __global__ void inject(
    Real* previous, const Real* __restrict__ scale,
    const long long* __restrict__ starts, const long long* __restrict__ cells,
    const long long* __restrict__ points, const Real* __restrict__ weights,
    const Real* __restrict__ values, const int n)
{
    const int k = blockIdx.x * blockDim.x + threadIdx.x;
    if (k >= n)
        return;
    const long long cell = cells[k];
    const Real factor = -scale[cell];
    Real total = previous[cell];
    for (long long j = starts[k]; j < starts[k + 1]; ++j)
        total = fma(factor, weights[j] * values[points[j]], total);
    previous[cell] = total;
}

// out[i] = sum of weight times current over the cells of point i: a block a point.
// starts : cells of point i are [starts[i], starts[i + 1]).
extern "C" __global__ void __launch_bounds__(SAMPLE_THREADS) sample(
    const Real* __restrict__ current, const long long* __restrict__ starts,
    const long long* __restrict__ cells, const Real* __restrict__ weights,
    Real* __restrict__ out)
{
    __shared__ Real parts[SAMPLE_THREADS];
    const int thread = threadIdx.x, i = blockIdx.x;
    Real total = 0;
    for (long long j = starts[i] + thread; j < starts[i + 1]; j += SAMPLE_THREADS)
        total = fma(weights[j], current[cells[j]], total);
    parts[thread] = total;
    for (int half = SAMPLE_THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (thread < half)
            parts[thread] += parts[thread + half];
    }
    if (thread == 0)
        out[i] = parts[0];
}
