/**
 * The editable model: a graph of nodes and values with use-def chains, for passes that add, replace or differentiate nodes.
 *
 * <pre>
 * OnnxModel = Graph Function* opsets metadata
 * Graph     = Value* (inputs, initializers) Node* (in order) Value* (outputs)
 * Node      = domain opType Value* (inputs) Attribute* Value* (outputs)
 * Value     = name ValueType?  made by a Node, a graph input or an initializer; knows its uses
 * Attribute = name (int | float | string | tensor | Graph | ...)
 * </pre>
 *
 * <p>{@link dev.graft.compiler.ir.ModelReader} and {@link dev.graft.compiler.ir.ModelWriter} are the only classes that know
 * protobuf. What the model has no words for (unknown fields, doc strings, sparse tensors) is carried from one to the other, so
 * that reading and writing changes nothing: a model that is read and written parses to equal messages. Weights are references to
 * regions of the file they lie in: they are streamed when written and never held, so memory goes with the number of nodes.
 *
 * <p>Everything here is read-only for callers except through one {@link dev.graft.compiler.ir.GraphEditor}, whose {@link
 * dev.graft.compiler.ir.GraphBuilder}s write nodes as formulas:
 *
 * <pre>
 * OnnxModel model = ModelReader.read(file);
 * GraphEditor editor = new GraphEditor(model);
 * GraphBuilder g = editor.after(site).source("lora");
 * Value branch = g.matMul(g.matMul(x, a), b);
 * Value sum = g.add(site.output(0), branch);
 * </pre>
 *
 * {@link dev.graft.compiler.ir.ControlFlow} gives nodes bodies and moves nodes into them; {@link dev.graft.compiler.ir.GraphCopy} copies
 * nodes out of a body or from another model.
 *
 * <p>{@link dev.graft.compiler.ir.ModelComparison} says where a model differs from what it should be.
 *
 * <p>{@link dev.graft.compiler.ir.Names} is the one owner of names; {@link dev.graft.compiler.ir.PassPipeline} runs passes and lets
 * the {@link dev.graft.compiler.ir.ModelVerifier} look at the model after each.
 */
@NullMarked
package dev.graft.compiler.ir;

import org.jspecify.annotations.NullMarked;
