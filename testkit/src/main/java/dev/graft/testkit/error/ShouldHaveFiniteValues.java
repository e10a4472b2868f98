package dev.graft.testkit.error;

import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import org.assertj.core.error.BasicErrorMessageFactory;

/** A tensor of the adapter holds NaN or infinity. */
public final class ShouldHaveFiniteValues extends BasicErrorMessageFactory {
    /** @param count how many values are not finite */
    public ShouldHaveFiniteValues(Path adapter, Tensor tensor, long count) {
        super(
                "%nExpecting adapter%n  %s%nto have finite values only, but %s of %s values of '%s' are NaN or infinite.%n%s",
                unquotedString(adapter.toString()),
                unquotedString(Long.toString(count)),
                unquotedString(Long.toString(tensor.shape().elements())),
                unquotedString(tensor.name()),
                unquotedString("Likely cause: the training run diverged; take an earlier checkpoint."));
    }
}
