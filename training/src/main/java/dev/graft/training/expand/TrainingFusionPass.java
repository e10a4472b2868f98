package dev.graft.training.expand;

import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;

/** Placeholder until written. */
public final class TrainingFusionPass implements ModelPass {
    @Override
    public PassResult call(OnnxModel model) {
        return new PassResult(model, false);
    }
}
