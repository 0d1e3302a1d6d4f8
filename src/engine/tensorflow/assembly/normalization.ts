/**
 * Batch and layer normalisation of a matrix, forward and back, as one: numbers that share a mean and a variance are a group,
 * a column of it (batch, Ioffe and Szegedy, ICML 2015) or a row (layer, Ba, Kiros and Hinton 2016). Steps between groups, and
 * between the members of one, are in bytes, those of the weights γ and β their own. Sums are taken in double precision.
 */

/**
 * y = x̂ · γ + β with x̂ = (x − mean) / √(variance + ε) of each group.
 * @param normal x̂, for the way back
 * @param inverse 1 / √(variance + ε) of each group, likewise
 * @param mean with `variance` moving averages of each group's, in which the old one counts `momentum`; 0 for none
 */
export function normalizeGroups(
  x: usize,
  y: usize,
  normal: usize,
  inverse: usize,
  gamma: usize,
  beta: usize,
  groups: i32,
  groupStep: usize,
  weightGroupStep: usize,
  members: i32,
  memberStep: usize,
  weightMemberStep: usize,
  epsilon: f64,
  mean: usize,
  variance: usize,
  momentum: f64,
): void {
  const bytes = <usize>members * memberStep;
  const share: f64 = 1 / <f64>members;
  for (let group: usize = 0; group < <usize>groups; group++) {
    const first = group * groupStep;
    const end = first + bytes;
    let sum: f64 = 0;
    for (let at = first; at < end; at += memberStep) sum += <f64>load<f32>(x + at);
    const middle = sum * share;
    let squares: f64 = 0;
    for (let at = first; at < end; at += memberStep) {
      const distance = <f64>load<f32>(x + at) - middle;
      squares += distance * distance;
    }
    const spread = squares * share;
    const scale = 1 / sqrt<f64>(spread + epsilon);
    store<f32>(inverse + (group << 2), <f32>scale);
    if (mean) average(mean + (group << 2), middle, momentum);
    if (variance) average(variance + (group << 2), spread, momentum);
    let weight = group * weightGroupStep;
    for (let at = first; at < end; at += memberStep, weight += weightMemberStep) {
      const value = <f32>((<f64>load<f32>(x + at) - middle) * scale);
      store<f32>(normal + at, value);
      store<f32>(y + at, value * load<f32>(gamma + weight) + load<f32>(beta + weight));
    }
  }
}

function average(at: usize, value: f64, momentum: f64): void {
  store<f32>(at, <f32>(<f64>load<f32>(at) * momentum + value * (1 - momentum)));
}

/** dy becomes dx = (g − mean g − x̂ · mean(g · x̂)) / √(variance + ε), with g = dy · γ and means over each group. */
export function normalizeGroupsGradient(
  dy: usize,
  normal: usize,
  inverse: usize,
  gamma: usize,
  groups: i32,
  groupStep: usize,
  weightGroupStep: usize,
  members: i32,
  memberStep: usize,
  weightMemberStep: usize,
): void {
  const bytes = <usize>members * memberStep;
  const share: f64 = 1 / <f64>members;
  for (let group: usize = 0; group < <usize>groups; group++) {
    const first = group * groupStep;
    const end = first + bytes;
    let sum: f64 = 0;
    let product: f64 = 0;
    let weight = group * weightGroupStep;
    for (let at = first; at < end; at += memberStep, weight += weightMemberStep) {
      const g = <f64>load<f32>(dy + at) * <f64>load<f32>(gamma + weight);
      sum += g;
      product += g * <f64>load<f32>(normal + at);
    }
    const scale = <f64>load<f32>(inverse + (group << 2));
    weight = group * weightGroupStep;
    for (let at = first; at < end; at += memberStep, weight += weightMemberStep) {
      const g = <f64>load<f32>(dy + at) * <f64>load<f32>(gamma + weight);
      const rest = g - (sum + <f64>load<f32>(normal + at) * product) * share;
      store<f32>(dy + at, <f32>(rest * scale));
    }
  }
}

/** y = (x − mean) / √(variance + ε) · γ + β, column by column: batch normalisation outside training. */
export function normalizeColumns(
  x: usize,
  y: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c: usize = 0, end = (<usize>columns) << 2; c < end; c += 4, x += 4, y += 4) {
      const value = (load<f32>(x) - load<f32>(mean + c)) / sqrt<f32>(load<f32>(variance + c) + epsilon);
      store<f32>(y, value * load<f32>(gamma + c) + load<f32>(beta + c));
    }
  }
}

/** sums[c] = Σ over rows of a[row, c] · b[row, c]: the gradient of what each column is multiplied with. */
export function columnProducts(a: usize, b: usize, sums: usize, rows: i32, columns: i32): void {
  const row = (<usize>columns) << 2;
  const end = <usize>rows * row;
  for (let c: usize = 0; c < row; c += 4) {
    let sum: f64 = 0;
    for (let at = c; at < end; at += row) sum += <f64>load<f32>(a + at) * <f64>load<f32>(b + at);
    store<f32>(sums + c, <f32>sum);
  }
}
