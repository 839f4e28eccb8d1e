// Boxes of arrays copied into one buffer and back: the faces of a halo exchange.

#include "constants"

struct Part {  // nx x ny rows of `row` words in an array, one after the other in a buffer
    unsigned long long array;
    long long first, stride_x, stride_y, buffer;
    int nx, ny, row;
};

template <class Copy>
__device__ __forceinline__ void each_word(const Part& part, Copy copy)
{
    const long long cells = (long long)part.nx * part.ny * part.row;
    const int block = blockIdx.x % BLOCKS_A_PART;
    for (long long n = block * blockDim.x + threadIdx.x; n < cells;
         n += BLOCKS_A_PART * blockDim.x) {
        const long long rows = n / part.row, z = n % part.row;
        const long long x = rows / part.ny, y = rows % part.ny;
        copy(part.buffer + n, part.first + x * part.stride_x + y * part.stride_y + z);
    }
}

extern "C" __global__ void pack(const Part* __restrict__ parts, Word* buffer)
{
    const Part part = parts[blockIdx.x / BLOCKS_A_PART];
    const Word* array = (const Word*)part.array;
    each_word(part, [&](long long to, long long from) { buffer[to] = array[from]; });
}

extern "C" __global__ void unpack(const Part* __restrict__ parts, const Word* buffer)
{
    const Part part = parts[blockIdx.x / BLOCKS_A_PART];
    Word* array = (Word*)part.array;
    each_word(part, [&](long long from, long long to) { array[to] = buffer[from]; });
}
