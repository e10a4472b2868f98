package dev.graft.cli.inspect;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an adapter is.
 *
 * @param path where it was read from
 * @param format its format
 * @param method its method
 * @param parameters numbers in all its tensors
 * @param bytes their size
 * @param details what else its file says
 * @param warnings what a person should know
 * @param modules its changes
 */
record AdapterView(
        Path path,
        String format,
        String method,
        long parameters,
        long bytes,
        Map<String, String> details,
        List<String> warnings,
        List<Module> modules) {
    private static final int LONGEST_DETAIL = 120;

    /**
     * One change.
     *
     * @param module the module's path
     * @param change what kind of change
     * @param rank the rank, or 0
     * @param scaling the factor on the product of the factors, or NaN
     * @param shape of the weight in PyTorch's layout as far as the change tells it
     * @param dtype the number format of its values
     * @param parameters how many numbers it has
     */
    record Module(String module, String change, long rank, double scaling, Shape shape, DType dtype, long parameters) {
        static Module of(ModuleChange change) {
            long parameters = change.tensors().stream()
                    .mapToLong(tensor -> tensor.shape().elements())
                    .sum();
            DType dtype = change.tensors().get(0).dtype();
            if (change instanceof LowRankChange lowRank) {
                return new Module(
                        lowRank.module(),
                        words(lowRank),
                        lowRank.rank(),
                        lowRank.scaling(),
                        shape(lowRank),
                        dtype,
                        parameters);
            }
            if (change instanceof SharedProjectionChange shared) {
                return new Module(
                        change.module(),
                        "linear, as wide as the base's",
                        shared.rank(),
                        1,
                        Shape.of(shared.outputs()),
                        dtype,
                        parameters);
            }
            if (change instanceof TensorReplacement replacement) {
                Shape shape = replacement.value().shape();
                return new Module(
                        change.module(),
                        "replaces " + replacement.parameter(),
                        0,
                        Double.NaN,
                        shape,
                        dtype,
                        parameters);
            }
            RowReplacement rows = (RowReplacement) change;
            String words = "replaces " + Numbers.plural(rows.rows().size(), "row");
            return new Module(
                    change.module(), words, 0, Double.NaN, rows.values().shape(), dtype, parameters);
        }

        private static String words(LowRankChange change) {
            String kind = switch (change.kind()) {
                case LINEAR -> "linear";
                case CONV, CONV_FLAT -> "convolution";
                case LINEAR_OR_CONV -> "linear or convolution";
                case EMBEDDING -> "embedding";
            };
            return kind + (change.isDora() ? " + magnitude" : "") + (change.biasDelta() == null ? "" : " + bias");
        }

        /** PyTorch's shape of the weight: an embedding's is transposed to its factors. */
        private static Shape shape(LowRankChange change) {
            long rows = change.matrixShapeOfB().dim(0);
            long columns = change.matrixShapeOfA().dim(1);
            return switch (change.kind()) {
                case EMBEDDING -> Shape.of(columns, rows);
                default -> Shape.of(rows, columns);
            };
        }
    }

    static AdapterView of(Adapter adapter) {
        List<Tensor> tensors = adapter.changes().stream()
                .flatMap(change -> change.tensors().stream())
                .toList();
        return new AdapterView(
                adapter.source(),
                adapter.format(),
                adapter.method(),
                tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum(),
                tensors.stream().mapToLong(tensor -> tensor.bytes().size()).sum(),
                adapter.details(),
                adapter.warnings(),
                adapter.changes().stream().map(Module::of).toList());
    }

    /** The tensors decide what is adapted; a long list of their names in the configuration adds nothing to the table below. */
    private static String shortened(String value) {
        return value.length() <= LONGEST_DETAIL
                ? value
                : value.substring(0, LONGEST_DETAIL) + " ... (all of it with --json)";
    }

    /** As a person reads it. */
    String toText(int width, boolean all) {
        Table head = Table.withoutHeader(2)
                .row("adapter", path.toString())
                .row("format", format)
                .row("method", method)
                .row("size", Numbers.count(parameters) + " parameters, " + Numbers.bytes(bytes));
        details.forEach((key, value) -> head.row(key, shortened(value)));
        Layers layers = new Layers(!all);
        modules.forEach(module -> layers.add(
                module.module(),
                module.change(),
                module.rank() == 0 ? "-" : Long.toString(module.rank()),
                Numbers.significant(module.scaling()),
                module.shape().toString(),
                module.dtype().displayName()));
        Table table = Table.of("module", "count", "change", "rank", "scaling", "shape", "type")
                .right(1, 3, 4);
        return head.toText(width) + "\n" + layers.into(table).toText(width);
    }
}
