package dev.graft.training.data;

/**
 * A text, or two, with what a model should say of it.
 *
 * @param ids the tokens
 * @param types which of the texts a token belongs to
 * @param label a number, or the number of a class
 */
record LabelledRow(int[] ids, byte[] types, double label) {}
