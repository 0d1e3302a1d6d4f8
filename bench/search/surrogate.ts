/**
 * Evaluates the networks of YAHPO Gym, which predict how well a learning algorithm does: a list of tensor operations
 * (ONNX) in JSON with float32 weights beside it. Only the operations that occur, for one configuration at a time.
 */
interface Tensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly type: 'integer' | 'single' | 'double';
}

interface GraphNode {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly attr?: { readonly axis?: number; readonly to?: number; readonly epsilon?: number };
}

export interface Graph {
  readonly consts: Readonly<
    Record<
      string,
      {
        readonly shape: readonly number[];
        readonly t: string;
        readonly off?: number;
        readonly len?: number;
        readonly data?: readonly number[];
      }
    >
  >;
  readonly nodes: readonly GraphNode[];
  readonly output: string;
}

/** Rounds to what the type can hold. */
const cast = (type: Tensor['type'], x: number): number =>
  type === 'integer' ? Math.trunc(x) : type === 'single' ? Math.fround(x) : x;

const BINARY: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
};

const roundHalfToEven = (x: number): number => {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
};

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Exp: Math.exp,
  Log: Math.log,
  Relu: (x) => Math.max(0, x),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Round: roundHalfToEven,
};

const at = (tensor: Tensor, i: number): number => tensor.data[i] as number;
const slice = (tensor: Tensor, from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => at(tensor, from + i));

function binary(f: (x: number, y: number) => number, a: Tensor, b: Tensor): Tensor {
  const longer = a.data.length >= b.data.length ? a : b;
  const type =
    a.type === 'integer' && b.type === 'integer'
      ? 'integer'
      : a.type === 'double' || b.type === 'double'
        ? 'double'
        : 'single';
  const data = Float64Array.from({ length: longer.data.length }, (_, i) =>
    cast(type, f(at(a, a.data.length === 1 ? 0 : i), at(b, b.data.length === 1 ? 0 : i))),
  );
  return { shape: longer.shape, data, type };
}

function gather(a: Tensor, indices: Tensor, axis: number): Tensor {
  const index = at(indices, 0);
  if (a.shape.length === 2 && axis === 0) {
    const width = a.shape[1] ?? 1;
    return { ...a, shape: [1, width], data: slice(a, index * width, (index + 1) * width) };
  }
  const position = index < 0 ? a.data.length + index : index;
  const shape = axis === 1 ? (indices.shape.length > 0 ? [1, 1] : [1]) : [];
  return { ...a, shape, data: [at(a, position)] };
}

/** a·Bᵀ + c for a row a. */
function gemm(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const [rows = 0, columns = 0] = b.shape;
  // Arrays of one kind, and four sums at a time: the innermost loop is where the time goes.
  const x = Float64Array.from(a.data);
  const w = b.data instanceof Float32Array ? b.data : Float32Array.from(b.data);
  const data = new Float64Array(rows);
  const whole = columns - (columns % 4);
  for (let i = 0; i < rows; i++) {
    const offset = i * columns;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let j = 0; j < whole; j += 4) {
      s0 += (x[j] as number) * (w[offset + j] as number);
      s1 += (x[j + 1] as number) * (w[offset + j + 1] as number);
      s2 += (x[j + 2] as number) * (w[offset + j + 2] as number);
      s3 += (x[j + 3] as number) * (w[offset + j + 3] as number);
    }
    for (let j = whole; j < columns; j++) s0 += (x[j] as number) * (w[offset + j] as number);
    data[i] = Math.fround(s0 + s1 + s2 + s3 + at(c, i));
  }
  return { shape: [1, rows], data, type: 'single' };
}

function normalise(inputs: readonly Tensor[], epsilon: number): Tensor {
  const [x, scale, shift, mean, variance] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const data = Float64Array.from({ length: x.data.length }, (_, i) =>
    Math.fround(
      ((at(x, i) - at(mean, i)) / Math.sqrt(at(variance, i) + epsilon)) * at(scale, i) + at(shift, i),
    ),
  );
  return { shape: x.shape, data, type: 'single' };
}

function castTensor(a: Tensor, to: number | undefined): Tensor {
  // ONNX: 1 is float32, 6 and 7 are int32 and int64, 11 is float64.
  const type = to === 6 || to === 7 ? 'integer' : to === 11 ? 'double' : 'single';
  return { shape: a.shape, data: Float64Array.from(a.data, (x) => cast(type, x)), type };
}

function apply({ op, attr = {} }: GraphNode, inputs: readonly Tensor[]): Tensor {
  const [a, b, c] = inputs as [Tensor, Tensor, Tensor];
  const pair = BINARY[op];
  if (pair) return binary(pair, a, b);
  const single = UNARY[op];
  if (single) return { ...a, data: Float64Array.from(a.data, (x) => cast(a.type, single(x))) };
  switch (op) {
    case 'Gather':
      return gather(a, b, attr.axis ?? 0);
    case 'Cast':
      return castTensor(a, attr.to);
    case 'Unsqueeze':
      return { ...a, shape: [1, a.data.length] };
    case 'Concat': {
      const data = inputs.flatMap((tensor) => slice(tensor, 0, tensor.data.length));
      return { ...a, shape: [1, data.length], data };
    }
    case 'Shape':
      return { shape: [a.shape.length], data: a.shape, type: 'integer' };
    case 'Slice': {
      const data = slice(a, at(b, 0), Math.min(at(c, 0), a.data.length));
      return { ...a, shape: [1, data.length], data };
    }
    case 'Gemm':
      return gemm(a, b, c);
    case 'BatchNormalization':
      return normalise(inputs, attr.epsilon ?? 1e-5);
    default:
      throw new Error(`The surrogate uses the operation ${op}, which is not implemented.`);
  }
}

/** Outputs of the network for category codes and numbers. */
export type Surrogate = (categories: readonly number[], numbers: readonly number[]) => readonly number[];

export function surrogate(graph: Graph, weights: Float32Array): Surrogate {
  const constants = Object.entries(graph.consts).map(([name, record]): [string, Tensor] => {
    const { shape, t, off, len = 0, data } = record;
    const type = t.startsWith('i') ? 'integer' : t === 'f64' ? 'double' : 'single';
    return [name, { shape, type, data: off === undefined ? (data ?? []) : weights.subarray(off, off + len) }];
  });
  return (categories, numbers) => {
    const values = new Map<string, Tensor>(constants);
    values.set('x_cat', { shape: [1, categories.length], data: categories, type: 'integer' });
    values.set('x_cont', { shape: [1, numbers.length], data: numbers.map(Math.fround), type: 'single' });
    for (const node of graph.nodes) {
      const inputs = node.in.map((name) => values.get(name) as Tensor);
      values.set(node.out[0] as string, apply(node, inputs));
    }
    return Array.from((values.get(graph.output) as Tensor).data);
  };
}
