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

// The element some bytes behind a place that all threads share: one addition.
template <class T>
__device__ __forceinline__ T* at(T* shared, unsigned bytes)
{
    return (T*)((const char*)shared + bytes);
}

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
// Loads beyond the rows and columns that cells of the tile read are drawn in to the
// last of those, so that none needs a condition; nobody reads what they bring.
template <int HEIGHT>
struct Rim {
    static constexpr int WIDTH = THREADS_Z + 2 * REACH;
    static constexpr int WIDE = 2 * RIM_Y * THREADS_Z, CELLS = WIDE + 2 * REACH * HEIGHT;
    static constexpr int LOADS = (CELLS + THREADS - 1) / THREADS;
    unsigned from[LOADS];  // bytes from the first cell of the rim
    int to[LOADS];         // place in the plane
    Real value[LOADS];
    bool last;  // this thread takes part in the last load

    __device__ __forceinline__ Rim(const Tile& tile, int thread, int stride_y)
    {
        const int rows = tile.y1 - tile.y0 + RIM_Y, columns = tile.z1 - tile.z0 + REACH;
        last = thread + (LOADS - 1) * THREADS < CELLS;
#pragma unroll
        for (int n = 0; n < LOADS; ++n) {
            const int e = thread + n * THREADS, s = e - WIDE;
            const int i = e < WIDE ? e / THREADS_Z : s / (2 * REACH);
            const int j = e < WIDE ? e % THREADS_Z : s % (2 * REACH);
            const int y = e < WIDE ? (i < RIM_Y ? i - RIM_Y : HEIGHT + i - RIM_Y) : i;
            const int z = e < WIDE ? j : (j < REACH ? j - REACH : THREADS_Z + j - REACH);
            from[n] = sizeof(Real)
                * ((min(y, rows - 1) + RIM_Y) * stride_y + min(z, columns - 1) + REACH);
            to[n] = (RIM_Y + y) * WIDTH + REACH + z;
        }
    }

    __device__ __forceinline__ void load(const Real* __restrict__ first)
    {
#pragma unroll
        for (int n = 0; n < LOADS; ++n)
            if (n + 1 < LOADS || last)
                value[n] = __ldg(at(first, from[n]));
    }

    __device__ __forceinline__ void store(Real* plane) const
    {
#pragma unroll
        for (int n = 0; n < LOADS; ++n)
            if (n + 1 < LOADS || last)
                plane[to[n]] = value[n];
    }
};

// Update one tile. ROWS : neighbouring rows along y of each thread.
template <bool LAYERS, int ROWS>
__device__ __forceinline__ void march(
    Real* previous, const Real* __restrict__ current, const Real* __restrict__ scale,
    const Real* __restrict__ old, Real* __restrict__ fresh,
    const Real* __restrict__ profiles, const Tile tile, const Model& model)
{
    constexpr int HEIGHT = ROWS * THREADS_Y, WIDTH = THREADS_Z + 2 * REACH;
    __shared__ Real planes[2][(HEIGHT + 2 * RIM_Y) * WIDTH];
    const int sy = int(model.stride_y), top = threadIdx.y * ROWS, column = threadIdx.x;
    const int y = tile.y0 + top, z = tile.z0 + column;
    const int centre = (RIM_Y + top) * WIDTH + REACH + column;
    const bool mirror = model.free_surface && tile.z0 == 0;
    // What lies beyond the tile's cells and their rim is read from the last of those.
    const int within = min(column, tile.z1 - tile.z0 + REACH - 1);
    const int lowest = tile.y1 - tile.y0 + RIM_Y - 1;
    unsigned offset[ROWS];  // bytes from the tile's corner
    Real queue[ROWS][QUEUE], before[ROWS], factor[ROWS];
    Rim<HEIGHT> rim(tile, threadIdx.y * THREADS_Z + threadIdx.x, sy);

    const long long sx = model.stride_x;
    const long long corner = model.place + tile.x0 * sx + tile.y0 * model.stride_y + tile.z0;
    const Real* now = current + corner;  // the tile's corner in plane x
    const Real* scale_now = scale + corner;
    Real* out = previous + corner;

    const long long to_rim = -RIM_Y * model.stride_y - REACH;
    rim.load(now + to_rim);
#pragma unroll
    for (int j = 0; j < ROWS; ++j) {
        offset[j] = sizeof(Real) * (min(top + j, lowest) * sy + within);
#pragma unroll
        for (int k = 0; k < QUEUE; ++k)
            queue[j][k] = __ldg(at(now + (k - REACH) * sx, offset[j]));
        before[j] = *at(out, offset[j]);
        factor[j] = __ldg(at(scale_now, offset[j]));
        planes[0][centre + j * WIDTH] = queue[j][REACH];
    }
    rim.store(planes[0]);
    __syncthreads();

    int turn = 0;
#pragma unroll (LAYERS ? 1 : PLANES)
    for (int x = tile.x0; x < tile.x1; ++x) {
        const Real* plane = planes[turn];
        const long long step = x + 1 < tile.x1 ? sx : 0;  // the last plane again
        Real head[ROWS], next_before[ROWS], next_factor[ROWS];
        rim.load(now + (to_rim + step));
#pragma unroll
        for (int j = 0; j < ROWS; ++j) {
            head[j] = __ldg(at(now + (REACH * sx + step), offset[j]));
            next_before[j] = *at(out + step, offset[j]);
            next_factor[j] = __ldg(at(scale_now + step, offset[j]));
        }
#pragma unroll
        for (int j = 0; j < ROWS; ++j) {
            const Real* mine = plane + centre + j * WIDTH;
            const auto along_x = [&](int r) { return queue[j][REACH + r]; };
            const auto along_y = [&](int r) {
                return j + r >= 0 && j + r < ROWS ? queue[j + r][REACH] : mine[r * WIDTH];
            };
            const auto along_z = [&](int r) {
                return r == 0 ? queue[j][REACH] : mine[r];
            };
            Real sum = second_difference(model.second[0], along_x);
            if constexpr (AXES == 3)
                sum += second_difference(model.second[1], along_y);
            sum += second_difference(model.second[AXES - 1], along_z);
            if (y + j >= tile.y1 || z >= tile.z1)
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
            Real* const here = at(out, offset[j]);
            *here = value;
            if (mirror && z >= 1 && z <= REACH)
                here[-2 * z] = -value;  // the odd image
        }
        turn ^= 1;
#pragma unroll
        for (int j = 0; j < ROWS; ++j) {
#pragma unroll
            for (int k = 0; k + 1 < QUEUE; ++k)
                queue[j][k] = queue[j][k + 1];
            queue[j][QUEUE - 1] = head[j];
            before[j] = next_before[j];
            factor[j] = next_factor[j];
            planes[turn][centre + j * WIDTH] = queue[j][REACH];
        }
        rim.store(planes[turn]);
        now += step;
        scale_now += step;
        out += step;
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
