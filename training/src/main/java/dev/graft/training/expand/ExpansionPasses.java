package dev.graft.training.expand;

import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.PassPipeline;
import java.util.List;

/** The passes that make a model ready for differentiation, in their order. */
public final class ExpansionPasses {
    private ExpansionPasses() {}

    /** All passes, those that only make training cheaper among them. */
    public static List<ModelPass> forTraining() {
        return List.of(
                new InlineFunctionsPass(),
                new WideningPass(),
                new EmptyCachePass(),
                new ConstantIfPass(),
                new FusedOperatorsPass(),
                new TrainingFusionPass());
    }

    /** The same as a pipeline, which verifies the model after each. */
    public static PassPipeline pipeline() {
        return new PassPipeline(forTraining().toArray(ModelPass[]::new));
    }
}
