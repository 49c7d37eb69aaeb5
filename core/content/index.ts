/** Content opened: the layers inside a source, under budgets. */
export { createBudget } from './budget.ts';
export { WHOLE_LAYER_BYTES, type Layer } from './layer.ts';
export { openBufferLayers, openLayers } from './open-layers.ts';
