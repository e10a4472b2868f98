package dev.graft.serving;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.MergedTensor;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ReplacedWeights;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens a base with adapters merged into its weights as they are loaded. */
public final class MergedModels {
    private MergedModels() {}

    /**
     * Opens a base with adapters merged in, with the weights, bit for bit, that {@code graft merge} writes. No file is written where the weights lie in data
     * files or can be changed in the model file's bytes in memory; else a private temporary one, which is gone when this returns where the system can.
     *
     * @return a session of the base's inputs and outputs, which the caller closes
     * @throws dev.graft.error.GraftException as resolving, merging and {@link ModelSession#open} throw
     */
    public static ModelSession open(Path base, List<WeightedAdapter> adapters, SessionSettings settings) {
        ModelIndex model = ModelScanner.scan(base);
        Resolution resolution = Resolver.resolve(model, adapters, ResolveOptions.DEFAULT);
        int threads = MergeOptions.defaults().threads();
        Optional<ReplacedWeights> weights =
                WeightPlaces.of(model, MergedTensor.compute(resolution, threads, Progress.NONE));
        return weights.isPresent()
                ? ModelSession.open(base, settings, weights.get())
                : TemporaryMerge.open(resolution, settings);
    }

    /**
     * Settings under which sessions over one base share the memory of the weights that they have in common: ONNX Runtime leaves them mapped where they lie in a
     * data file, and makes no copies of them in an order that its kernels read faster. Outputs may differ from those of other settings in the last bits.
     */
    public static SessionSettings sharingWeights(SessionSettings settings) {
        return settings.with("session.disable_prepacking", "1")
                .with("optimization.constant_folding_max_output_size_in_bytes", "1048576");
    }
}
