/**
 * {@code .onnx_adapter}, the file that ONNX Runtime's LoraAdapter loads: FlatBuffers with identifier {@code TORT}.
 *
 * <pre>
 * table Parameter { name:string; dims:[int64]; data_type:int32; raw_data:[uint8] (force_align: 8); }
 * table Adapter   { format_version:int32 = 1; adapter_version:int32; model_version:int32; parameters:[Parameter]; }
 * root_type Adapter;   data_type is ONNX's TensorProto.DataType
 * </pre>
 *
 * <p>{@link dev.graft.adapter.format.onnxadapter.OnnxAdapterReader} checks what ONNX Runtime checks, and more (names occur
 * once, offsets are aligned), without any offset trusted; the data stays in the file. {@link
 * dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter} writes the same bytes for the same tensors: sorted by name, data at
 * multiples of 64.
 *
 * <p>The format names tensors, not modules. {@link dev.graft.adapter.format.onnxadapter.NameStyle} holds the two conventions
 * in use, Olive's and onnxruntime-genai's; both store A as [in, rank] and B as [rank, out] with the scaling folded into B. {@link
 * dev.graft.adapter.format.onnxadapter.OnnxFactors} brings any adapter into that form.
 */
@NullMarked
package dev.graft.adapter.format.onnxadapter;

import org.jspecify.annotations.NullMarked;
