// Imaging conditions at one imaging step; kernels/reference.py is the specification,
// and products and sums are taken in its order, so that both give the same bits.

#include "constants"

struct Weights {  // for each axis: entry 0 of the central cell, spacing divided out
    float first[AXES][MARGIN + 1];
    float second[AXES][MARGIN + 1];
};

struct Size {  // owned cells; s and r have MARGIN more on every side
    int nx, ny, nz;
};

constexpr int MARGIN_Y = AXES == 3 ? MARGIN : 0;

struct Cell {  // one owned cell and its place in s and r
    long long here, place, strides[3];
};

// The owned cell (x, y, z); strides along x, y, z.
__device__ __forceinline__ Cell cell_at(const Size& size, long long x, int y, int z)
{
    const long long sy = size.nz + 2 * MARGIN, sx = sy * (size.ny + 2 * MARGIN_Y);
    return {(x * size.ny + y) * size.nz + z,
            (x + MARGIN) * sx + (y + MARGIN_Y) * sy + z + MARGIN, {sx, sy, 1}};
}

// The owned cell of this thread; false where it has none.
__device__ __forceinline__ bool my_cell(const Size& size, Cell& cell)
{
    const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    const long long row = n / size.nz;
    if (row >= (long long)size.nx * size.ny)
        return false;
    cell = cell_at(size, row / size.ny, int(row % size.ny), int(n % size.nz));
    return true;
}

struct Derivatives {  // along one axis: s_xx, s_x, r_x
    float curve, slope_s, slope_r;
};

__device__ __forceinline__ Derivatives derivatives(
    const float* __restrict__ s, const float* __restrict__ r, const Cell& cell,
    const Weights& weights, int axis)
{
    const float *first = weights.first[axis], *second = weights.second[axis];
    const long long step = cell.strides[axis == AXES - 1 ? 2 : axis];
    const float *sp = s + cell.place, *rp = r + cell.place;
    Derivatives d = {second[0] * __ldg(sp), 0.0f, 0.0f};
#pragma unroll
    for (int k = 1; k <= MARGIN; ++k) {
        const float s_ahead = __ldg(sp + k * step), s_behind = __ldg(sp - k * step);
        const float r_ahead = __ldg(rp + k * step), r_behind = __ldg(rp - k * step);
        d.curve += second[k] * (s_ahead + s_behind);
        d.slope_s += first[k] * (s_ahead - s_behind);
        d.slope_r += first[k] * (r_ahead - r_behind);
    }
    return d;
}

// Add s r to the image and s s to the illumination; n cells, no halo.
extern "C" __global__ void correlate(
    float* image, float* illumination, const float* __restrict__ s,
    const float* __restrict__ r, const long long n)
{
    const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    image[i] += s[i] * r[i];
    illumination[i] += s[i] * s[i];
}

struct Place {  // of the first owned cell in an array with margins, and its strides
    long long first, sx, sy;
};

// Add s (newest - 2 middle + oldest) to the gradient, s s to the illumination; newest
// and middle have margins, the others do not.
extern "C" __global__ void accumulate(
    float* gradient, float* illumination, const float* __restrict__ s,
    const float* __restrict__ newest, const float* __restrict__ middle,
    const float* __restrict__ oldest, const Size size, const Place place)
{
    const long long n = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    const long long row = n / size.nz;
    if (row >= (long long)size.nx * size.ny)
        return;
    const long long there =
        place.first + row / size.ny * place.sx + row % size.ny * place.sy + n % size.nz;
    const float wave = s[n], now = middle[there];
    gradient[n] += wave * ((newest[there] - now) - (now - oldest[n]));
    illumination[n] += wave * wave;
}

// Add -(r laplace s + grad s . grad r) to the image, s s to the illumination.
extern "C" __global__ void scatter(
    float* image, float* illumination, const float* __restrict__ s,
    const float* __restrict__ r, const __grid_constant__ Weights weights,
    const Size size)
{
    Cell cell;
    if (!my_cell(size, cell))
        return;
    float laplacian = 0.0f, product = 0.0f;
#pragma unroll
    for (int axis = 0; axis < AXES; ++axis) {
        const Derivatives d = derivatives(s, r, cell, weights, axis);
        laplacian += d.curve;
        product += d.slope_s * d.slope_r;
    }
    image[cell.here] -= r[cell.place] * laplacian + product;
    illumination[cell.here] += s[cell.place] * s[cell.place];
}

// Add r r to an illumination; r has MARGIN cells more on every side.
extern "C" __global__ void brighten(
    float* illumination, const float* __restrict__ r, const Size size)
{
    Cell cell;
    if (my_cell(size, cell))
        illumination[cell.here] += r[cell.place] * r[cell.place];
}

// Terms of both fields above the cells (x [, y]), counted from the first owned one:
// s_terms, r_terms (n, terms, nz). Without halo one term, the field itself; with one
// -grad s, -laplace s and grad r, r.
extern "C" __global__ void terms(
    float* s_terms, float* r_terms, const float* __restrict__ s,
    const float* __restrict__ r, const long long* __restrict__ cells,
    const __grid_constant__ Weights weights, const Size size, const long long n)
{
    const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n * size.nz)
        return;
    const long long column = i / size.nz;
    const int z = int(i % size.nz);
    const long long* xy = cells + column * (AXES - 1);
    const Cell cell = cell_at(size, xy[0], AXES == 3 ? int(xy[AXES - 2]) : 0, z);
    constexpr int TERMS = MARGIN > 0 ? AXES + 1 : 1;
    const long long to = column * TERMS * size.nz + z;
    float laplacian = 0.0f;
    if constexpr (MARGIN > 0) {
#pragma unroll
        for (int axis = 0; axis < AXES; ++axis) {
            const Derivatives d = derivatives(s, r, cell, weights, axis);
            laplacian += d.curve;
            s_terms[to + axis * size.nz] = -d.slope_s;
            r_terms[to + axis * size.nz] = d.slope_r;
        }
    }
    const long long last = to + (TERMS - 1) * size.nz;
    s_terms[last] = MARGIN > 0 ? -laplacian : s[cell.place];
    r_terms[last] = r[cell.place];
}
