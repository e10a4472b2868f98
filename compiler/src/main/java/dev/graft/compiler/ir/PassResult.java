package dev.graft.compiler.ir;

/**
 * What a pass did.
 *
 * @param model the model, the same object that was given
 * @param modified whether anything changed
 */
public record PassResult(OnnxModel model, boolean modified) {}
