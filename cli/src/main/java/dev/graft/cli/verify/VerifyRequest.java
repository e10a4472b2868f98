package dev.graft.cli.verify;

import dev.graft.compiler.resolve.Resolution;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to verify.
 *
 * @param resolution base and adapters
 * @param merged a merged model, or none
 * @param attached an attached model, or none; with neither, both are made and checked
 * @param inputs inputs to run with, or none to make samples
 * @param samples how many samples to make
 * @param numbers whether models are run
 * @param detailed whether norms, losses and latency are measured too, for a report
 */
public record VerifyRequest(
        Resolution resolution,
        Optional<Path> merged,
        Optional<Path> attached,
        Optional<Path> inputs,
        int samples,
        boolean numbers,
        boolean detailed) {
    /** The base model. */
    public Path base() {
        return resolution.model().file();
    }

    /** Whether the user gave an artifact. */
    public boolean hasArtifact() {
        return merged.isPresent() || attached.isPresent();
    }
}
