// One time step of the acoustic wave equation; acoustic/equations.py is its text.
//
// A block owns a tile of (y, z) cells and walks along x. Every thread keeps its
// columns of p^n in a queue of 2 REACH + 1 registers; the plane in the middle of
// the queue lies in shared memory with a rim of REACH cells, for the differences
// along y and z. While a plane is computed, everything that the next one reads is
// on its way: the queue's new head, the rim, p^(n-1) and the scale. Two planes of
// shared memory take turns, so one barrier a plane is enough.
//
// Each value of p^n is read from memory once (its rims come from the L2 cache),
// p^(n-1) and the scale once, p^(n+1) is written once: 16 bytes a cell in float32.
// A tile that touches an absorbing layer also reads and writes psi and zeta there.
//
// All sums are written as fma in one order and compiled without contraction: a
// cell has the same bits in every tile, kernel and number of ranks.

#include "constants"

struct Side {  // a row of acoustic/memory.py's table
    long long start, stop, profile, psi, zeta, stride_x, stride_y;
};

struct Model {
    Real second[AXES][REACH + 1];
    Real first[AXES][REACH + 1];
    Side sides[2 * AXES];
    long long place, stride_x, stride_y;  // flat index of cell (0, 0, 0); strides
    int profile_cells;
    int free_surface;
};

struct Tile {  // local cells [x0, x1) x [y0, y1) x [z0, z1)
    int x0, x1, y0, y1, z0, z1;
};

struct Terms {  // what one layer adds to the sum of differences, and its memories
    Real p, psi, zeta;
};

constexpr int THREADS = THREADS_Z * THREADS_Y;
constexpr int RIM_Y = AXES == 3 ? REACH : 0;
constexpr int QUEUE = 2 * REACH + 1;

template <class At>
__device__ __forceinline__ Real second_difference(
    const Real (&weight)[REACH + 1], At at)
{
    Real sum = weight[0] * at(0);
#pragma unroll
    for (int r = 1; r <= REACH; ++r)
        sum = fma(weight[r], at(r) + at(-r), sum);
    return sum;
}

template <class At>
__device__ __forceinline__ Real first_difference(
    const Real (&weight)[REACH + 1], At at)
{
    Real sum = weight[1] * (at(1) - at(-1));
#pragma unroll
    for (int r = 2; r <= REACH; ++r)
        sum = fma(weight[r], at(r) - at(-r), sum);
    return sum;
}

#include "layer_terms"

// The number of the side of `axis` whose slab holds the cell; -1 where none does.
__device__ __forceinline__ int side_of(const Model& model, int axis, int cell)
{
    const Side &low = model.sides[2 * axis], &high = model.sides[2 * axis + 1];
    if (cell >= low.start && cell < low.stop)
        return 2 * axis;
    return cell >= high.start && cell < high.stop ? 2 * axis + 1 : -1;
}

// Terms of the layer along `axis` at one cell; the new psi and zeta are stored.
// at(r) : p^n, r cells further along the axis.
template <class At>
__device__ __forceinline__ Real layer(
    const Real* __restrict__ old, Real* __restrict__ fresh,
    const Real* __restrict__ profiles, const Model& model, int axis, int side,
    int x, int y, int z, At at)
{
    const Side& slab = model.sides[side];
    const int cell = axis == 0 ? x : axis == AXES - 1 ? z : y;
    const long long step =
        axis == 0 ? slab.stride_x : axis == AXES - 1 ? 1 : slab.stride_y;
    const long long m = x * slab.stride_x + y * slab.stride_y + z;
    const Real* psi = old + (slab.psi + m);
    const Real* zeta = old + (slab.zeta + m);
    const Real* row = profiles + (long long)side * N_PROFILES * model.profile_cells
        + slab.profile + cell;
    const Terms terms = layer_terms(
        model.second[axis], model.first[axis],
        [&](int name, int r) { return __ldg(row + name * model.profile_cells + r); },
        at,
        [&](int r) { return __ldg(psi + r * step); },
        [&](int r) { return __ldg(zeta + r * step); });
    fresh[slab.psi + m] = terms.psi;
    fresh[slab.zeta + m] = terms.zeta;
    return terms.p;
}

// The rim of a tile's plane: REACH rows above and below, REACH columns each side.
template <int HEIGHT>
struct Rim {
    static constexpr int WIDE = 2 * RIM_Y * THREADS_Z, CELLS = WIDE + 2 * REACH * HEIGHT;
    static constexpr int LOADS = (CELLS + THREADS - 1) / THREADS;
    int row[LOADS], column[LOADS];  // within the tile, from -REACH
    bool there[LOADS];
    Real value[LOADS];

    __device__ __forceinline__ Rim(const Tile& tile, int thread)
    {
#pragma unroll
        for (int n = 0; n < LOADS; ++n) {
            const int e = thread + n * THREADS, s = e - WIDE;
            const int i = e < WIDE ? e / THREADS_Z : s / (2 * REACH);
            const int j = e < WIDE ? e % THREADS_Z : s % (2 * REACH);
            row[n] = e < WIDE ? (i < RIM_Y ? i - RIM_Y : HEIGHT + i - RIM_Y) : i;
            column[n] = e < WIDE ? j : (j < REACH ? j - REACH : THREADS_Z + j - REACH);
            there[n] = e < CELLS && tile.y0 + row[n] < tile.y1 + RIM_Y
                && tile.z0 + column[n] < tile.z1 + REACH;
        }
    }

    __device__ __forceinline__ void load(
        const Real* __restrict__ current, long long corner, long long stride_y)
    {
#pragma unroll
        for (int n = 0; n < LOADS; ++n)
            if (there[n])
                value[n] = __ldg(current + (corner + row[n] * stride_y + column[n]));
    }

    template <class Plane>
    __device__ __forceinline__ void store(Plane& plane) const
    {
#pragma unroll
        for (int n = 0; n < LOADS; ++n)
            if (there[n])
                plane[RIM_Y + row[n]][REACH + column[n]] = value[n];
    }
};

// Update one tile. ROWS : neighbouring rows along y of each thread.
template <bool LAYERS, int ROWS>
__device__ __forceinline__ void march(
    Real* previous, const Real* __restrict__ current, const Real* __restrict__ scale,
    const Real* __restrict__ old, Real* __restrict__ fresh,
    const Real* __restrict__ profiles, const Tile tile, const Model& model)
{
    constexpr int HEIGHT = ROWS * THREADS_Y;
    __shared__ Real planes[2][HEIGHT + 2 * RIM_Y][THREADS_Z + 2 * REACH];
    const long long sx = model.stride_x, sy = model.stride_y;
    const int top = threadIdx.y * ROWS, column = threadIdx.x;
    const int y = tile.y0 + top, z = tile.z0 + column;
    long long corner = model.place + tile.x0 * sx + tile.y0 * sy + tile.z0;
    long long i = corner + top * sy + column;
    Rim<HEIGHT> rim(tile, threadIdx.y * THREADS_Z + threadIdx.x);
    Real queue[ROWS][QUEUE], before[ROWS], factor[ROWS];
    bool active[ROWS], near[ROWS];  // cells to update; cells that those read

    rim.load(current, corner, sy);
#pragma unroll
    for (int j = 0; j < ROWS; ++j) {
        active[j] = y + j < tile.y1 && z < tile.z1;
        near[j] = y + j < tile.y1 + RIM_Y && z < tile.z1 + REACH;
#pragma unroll
        for (int k = 0; k < QUEUE; ++k)
            queue[j][k] =
                near[j] ? __ldg(current + (i + j * sy + (k - REACH) * sx)) : Real(0);
        before[j] = active[j] ? previous[i + j * sy] : Real(0);
        factor[j] = active[j] ? __ldg(scale + (i + j * sy)) : Real(0);
        planes[0][RIM_Y + top + j][REACH + column] = queue[j][REACH];
    }
    rim.store(planes[0]);
    __syncthreads();

    int turn = 0;
    for (int x = tile.x0; x < tile.x1; ++x, i += sx, corner += sx, turn ^= 1) {
        auto& plane = planes[turn];
        auto& other = planes[turn ^ 1];
        const bool more = x + 1 < tile.x1;
        Real head[ROWS], next_before[ROWS], next_factor[ROWS];
        if (more)
            rim.load(current, corner + sx, sy);
#pragma unroll
        for (int j = 0; j < ROWS; ++j) {
            const long long next = i + j * sy + sx;
            head[j] = more && near[j] ? __ldg(current + (next + REACH * sx)) : Real(0);
            next_before[j] = more && active[j] ? previous[next] : Real(0);
            next_factor[j] = more && active[j] ? __ldg(scale + next) : Real(0);
        }
#pragma unroll
        for (int j = 0; j < ROWS; ++j) {
            const int row = RIM_Y + top + j;
            const auto along_x = [&](int r) { return queue[j][REACH + r]; };
            const auto along_y = [&](int r) { return plane[row + r][REACH + column]; };
            const auto along_z = [&](int r) { return plane[row][REACH + column + r]; };
            Real sum = second_difference(model.second[0], along_x);
            if constexpr (AXES == 3)
                sum += second_difference(model.second[1], along_y);
            sum += second_difference(model.second[AXES - 1], along_z);
            if (!active[j])
                continue;
            if constexpr (LAYERS) {
                int side = side_of(model, 0, x);
                if (side >= 0)
                    sum += layer(old, fresh, profiles, model, 0, side,
                                 x, y + j, z, along_x);
                if (AXES == 3 && (side = side_of(model, 1, y + j)) >= 0)
                    sum += layer(old, fresh, profiles, model, 1, side,
                                 x, y + j, z, along_y);
                if ((side = side_of(model, AXES - 1, z)) >= 0)
                    sum += layer(old, fresh, profiles, model, AXES - 1, side,
                                 x, y + j, z, along_z);
            }
            const Real value =
                fma(factor[j], sum, fma(Real(2), queue[j][REACH], -before[j]));
            previous[i + j * sy] = value;
            if (model.free_surface && z >= 1 && z <= REACH)
                previous[i + j * sy - 2 * z] = -value;  // the odd image
        }
#pragma unroll
        for (int j = 0; j < ROWS; ++j) {
#pragma unroll
            for (int k = 0; k + 1 < QUEUE; ++k)
                queue[j][k] = queue[j][k + 1];
            queue[j][QUEUE - 1] = head[j];
            before[j] = next_before[j];
            factor[j] = next_factor[j];
            other[RIM_Y + top + j][REACH + column] = queue[j][REACH];
        }
        if (more)
            rim.store(other);
        __syncthreads();
    }
}

// Tiles that touch no layer.
extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS_PLAIN) update_plain(
    Real* previous, const Real* __restrict__ current, const Real* __restrict__ scale,
    const Tile* __restrict__ tiles, const __grid_constant__ Model model)
{
    march<false, ROWS_PLAIN>(
        previous, current, scale, nullptr, nullptr, nullptr, tiles[blockIdx.x], model);
}

// Tiles that touch a layer.
extern "C" __global__ void __launch_bounds__(THREADS) update_layers(
    Real* previous, const Real* __restrict__ current, const Real* __restrict__ scale,
    const Real* __restrict__ old, Real* __restrict__ fresh,
    const Real* __restrict__ profiles, const Tile* __restrict__ tiles,
    const __grid_constant__ Model model)
{
    march<true, 1>(
        previous, current, scale, old, fresh, profiles, tiles[blockIdx.x], model);
}
