package dev.graft.cli.verify;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything that a verification found; the report's page shows it and its JSON twin is it.
 *
 * @param passed whether every check passed
 * @param causes why not, the most telling first; empty when it passed
 * @param checks the checks that ran, in order
 * @param files what was compared
 * @param adapters the adapters
 * @param structure what differs byte by byte, per artifact
 * @param targets what happened to each target's weight; empty where no merged model was checked
 * @param outputs errors of the outputs against the float64 reference; empty where the numbers were not compared
 * @param latencies how long base and artifacts take; empty where it was not measured
 * @param notes what a person should know
 * @param environment versions and machine, as key and value
 */
public record Verification(
        boolean passed,
        List<String> causes,
        List<Check> checks,
        List<ComparedFile> files,
        List<AdapterLine> adapters,
        List<Structure> structure,
        List<Target> targets,
        List<OutputErrors> outputs,
        List<LatencyLine> latencies,
        List<String> notes,
        Map<String, String> environment) {
    /** How a check ended. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** It could not run; the check's finding says why. */
        SKIPPED
    }

    /**
     * One check.
     *
     * @param name what was checked, a few words
     * @param outcome how it ended
     * @param finding one sentence
     */
    public record Check(String name, Outcome outcome, String finding) {}

    /**
     * A file that was compared.
     *
     * @param role base, merged, attached, adapter
     * @param path the file
     * @param bytes its size
     * @param sha256 its hash, lower-case hexadecimal
     */
    public record ComparedFile(String role, Path path, long bytes, String sha256) {}

    /**
     * An adapter.
     *
     * @param path where it was read from
     * @param method its method
     * @param weight the factor on it
     * @param modules how many modules it changes
     */
    public record AdapterLine(Path path, String method, double weight, int modules) {}

    /**
     * What differs between base and merged model.
     *
     * @param bytesCompared bytes of the merged model's files
     * @param bytesChanged bytes of tensors that differ
     * @param sameArchitecture whether graph, file names and file sizes are the base's
     * @param baseGraphSha256 hash of the base's model file without tensor data
     * @param artifactGraphSha256 the same of the merged model
     * @param regions the tensors whose bytes differ
     * @param unexpected differences outside the targets, in words
     */
    public record Structure(
            long bytesCompared,
            long bytesChanged,
            boolean sameArchitecture,
            String baseGraphSha256,
            String artifactGraphSha256,
            List<Region> regions,
            List<String> unexpected) {}

    /**
     * A tensor whose bytes differ.
     *
     * @param tensor its name
     * @param file the file's name
     * @param offset the first byte that differs
     * @param changed how many bytes differ
     */
    public record Region(String tensor, String file, long offset, long changed) {}

    /**
     * What happened to one target's weight.
     *
     * @param module the module's path
     * @param tensor the stored tensor
     * @param dtype its number format
     * @param shape its shape
     * @param rank the change's rank; 0 for a replacement
     * @param scaling the scaling with the adapter's weight; NaN for a replacement or several adapters
     * @param normOfWeight Frobenius norm before
     * @param normOfDelta Frobenius norm of the exact change
     * @param elements how many elements
     * @param changed elements whose bytes changed; -1 where it was not measured
     * @param lost elements whose exact change is not zero and whose bytes did not change; -1 where it was not measured
     * @param exact elements that are base + adapter, rounded once, bit for bit
     * @param worstError the largest distance from base + adapter
     * @param finding what is wrong, or empty
     */
    public record Target(
            String module,
            String tensor,
            String dtype,
            String shape,
            long rank,
            double scaling,
            double normOfWeight,
            double normOfDelta,
            long elements,
            long changed,
            long lost,
            long exact,
            double worstError,
            String finding) {}

    /**
     * One output of one model against the float64 reference.
     *
     * @param model base, merged or attached
     * @param output the output's name
     * @param maxError the largest absolute error
     * @param meanError the mean absolute error
     * @param cosine the cosine between output and reference
     * @param top1 the fraction of rows whose largest element is the reference's; NaN where the output is no distribution
     * @param klDivergence mean Kullback-Leibler divergence in nats; NaN where the output is no distribution
     * @param allowed the largest error that passes; NaN for a model that is only shown
     * @param histogram how many elements have an error in each decade part, see {@link Histogram}
     */
    public record OutputErrors(
            String model,
            String output,
            double maxError,
            double meanError,
            double cosine,
            double top1,
            double klDivergence,
            double allowed,
            Histogram histogram) {}

    /**
     * Absolute errors by size, on a logarithmic scale.
     *
     * @param exact how many are zero
     * @param firstExponent the decimal exponent at which the first bin begins
     * @param binsPerDecade how many bins a factor of ten is cut into
     * @param counts elements in each bin
     */
    public record Histogram(long exact, int firstExponent, int binsPerDecade, List<Long> counts) {}

    /**
     * How long a model takes.
     *
     * @param model base, merged or attached
     * @param tokens tokens of one run
     * @param minimumSeconds the shortest run
     * @param medianSeconds the median run
     * @param ratio the median over the base's
     */
    public record LatencyLine(String model, int tokens, double minimumSeconds, double medianSeconds, double ratio) {}
}
