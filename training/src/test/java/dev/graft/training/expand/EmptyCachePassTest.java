package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.ir.Value;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An Optimum-like graph: past keys in front of new ones, the length of the past read, a branch that uses the cache. */
class EmptyCachePassTest {
    private static final String PAST = "past_key_values.0.key";

    @TempDir
    Path folder;

    @Test
    void anEmptyPastInsideGivesWhatAnEmptyPastThatIsFedGives() {
        OnnxModel model = TextModels.read(folder, text("'batch_size', 'past_sequence_length'", 3));
        Map<String, HostTensor> inputs = inputs();
        inputs.put(PAST, HostTensor.zeros(DType.FLOAT32, Shape.of(2, 1, 0, 3)));
        inputs.put("use_cache_branch", HostTensor.ofIntegers(DType.BOOL, Shape.of(1), 0));
        Map<String, HostTensor> expected = Runs.run(model, inputs, false);

        new PassPipeline(new EmptyCachePass(), new ConstantIfPass()).run(model);

        assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("input_ids", "keys");
        // the Concat that is left makes the shape of the past, which only its length is read of
        assertThat(Runs.operators(model))
                .containsExactly("Shape", "Gather", "Concat", "ConstantOfShape", "Identity", "Shape", "Gather", "Abs");
        assertThat(expected.get("present.0.key").shape()).isEqualTo(Shape.of(2, 1, 4, 3));
        Runs.assertSame(Runs.run(model, inputs(), true), expected, 0);
    }

    @Test
    void aCacheOfFixedLengthStaysAnInput() {
        OnnxModel model = TextModels.read(folder, text("'batch_size', 7", 3));

        new PassPipeline(new EmptyCachePass()).run(model);

        assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("input_ids", "keys", PAST);
    }

    @Test
    void aLengthThatNothingTellsIsRefused() {
        OnnxModel model = TextModels.read(folder, text("'batch_size', 'past_sequence_length'", "'kv_cache_dim'"));

        assertThatThrownBy(() -> new PassPipeline(new EmptyCachePass()).run(model))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED))
                .hasMessageContaining(
                        "the model does not say how long dimension 3 ('kv_cache_dim') of its cache 'past_key_values.0.key' is");
    }

    private static Map<String, HostTensor> inputs() {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        inputs.put("input_ids", HostTensor.ofLongs(Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8));
        float[] keys = new float[24];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = i / 4f;
        }
        inputs.put("keys", HostTensor.ofFloats(Shape.of(2, 1, 4, 3), keys));
        return inputs;
    }

    private static String text(String batchAndPast, Object size) {
        String[] dims = batchAndPast.split(", ", -1);
        String past = "input { name: '" + PAST + "' type { tensor_type { elem_type: 1 shape { " + dim(dims[0])
                + dim("1") + dim(dims[1]) + dim(size.toString()) + "} } } }\n";
        return "opset_import { version: 17 } graph { name: 'g' "
                + "input { name: 'input_ids' type { tensor_type { elem_type: 7 shape { dim { dim_param: 'batch_size' } dim { dim_param: 'sequence' } } } } }\n"
                + TextModels.floats("input", "keys", "batch_size", 1, "sequence", 3)
                + past
                + "input { name: 'use_cache_branch' type { tensor_type { elem_type: 9 shape { dim { dim_value: 1 } } } } }\n"
                + TextModels.floats("output", "present.0.key", "batch_size", 1, "total", 3)
                + "output { name: 'length' type { tensor_type { elem_type: 7 shape { } } } }\n"
                + TextModels.floats("output", "chosen", "batch_size", 1, "total", 3)
                + """
                initializer { name: 'two' data_type: 7 int64_data: 2 }
                node { op_type: 'Concat' input: 'past_key_values.0.key' input: 'keys' output: 'present.0.key'
                       attribute { name: 'axis' type: INT i: -2 } }
                node { op_type: 'Shape' input: 'past_key_values.0.key' output: 'shape' }
                node { op_type: 'Gather' input: 'shape' input: 'two' output: 'length' }
                node { op_type: 'If' name: 'cached' input: 'use_cache_branch' output: 'chosen'
                   attribute { name: 'then_branch' type: GRAPH g { name: 't' output { name: 'r' }
                     node { op_type: 'Neg' input: 'present.0.key' output: 'r' } } }
                   attribute { name: 'else_branch' type: GRAPH g { name: 'e' output { name: 'r2' }
                     node { op_type: 'Abs' input: 'present.0.key' output: 'r2' } } } }
                }
                """;
    }

    private static String dim(String dim) {
        return dim.startsWith("'") ? "dim { dim_param: " + dim + " } " : "dim { dim_value: " + dim + " } ";
    }
}
