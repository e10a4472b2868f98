package dev.graft.cli.conformance;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.verify.Verification;
import dev.graft.cli.verify.Verifier;
import dev.graft.cli.verify.VerifyRequest;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verification passes every right artifact, and fails every wrong one with the cause by name. */
@Tag("conformance")
class VerifyConformanceTest {
    @TempDir
    Path folder;

    @Test
    void everyRightArtifactPasses() {
        CaseTable table = new CaseTable("verify, right artifacts");
        for (PeftCase one : PeftCase.all(Shared.path("conformance/peft"))) {
            if (!PeftMergeConformanceTest.REFUSED.contains(one.variant())) {
                table.add(one.title(), () -> passes(one.resolve(one.adapter())));
            }
        }
        table.assertPassed(92);
    }

    @Test
    void everyWrongArtifactFailsAndTheCauseIsNamed() {
        CaseTable table = new CaseTable("verify, wrong artifacts");
        for (PeftCase one : PeftCase.all(Shared.path("conformance/peft"))) {
            if (one.title().startsWith("llama/lora_all_linear on")) {
                sabotage(table, one);
            }
        }
        table.assertNoneMissed(14);
    }

    private void sabotage(CaseTable table, PeftCase one) {
        Resolution right = one.resolve(one.adapter());
        String on = one.title() + ": ";
        table.add(on + "scaling off by 2", () -> fails(right, merge(one, changes -> scaled(changes, 2)), "2 times"));
        table.add(
                on + "scaling of one target",
                () -> fails(
                        right,
                        merge(one, changes -> with(changes, 0, changes.get(0).scaledBy(0.5))),
                        module(right, 0),
                        "0.5 times"));
        table.add(
                on + "factors of two layers swapped",
                () -> fails(right, merge(one, VerifyConformanceTest::swapped), "has the change of"));
        table.add(
                on + "one target left out",
                () -> fails(
                        right,
                        merge(one, changes -> changes.subList(1, changes.size())),
                        module(right, 0),
                        "left out"));
        table.add(
                on + "square weight transposed",
                () -> fails(
                        right,
                        merge(one, VerifyConformanceTest::transposed),
                        "self_attn.o_proj has the transpose of its change added"));
        table.add(
                on + "a byte of another tensor",
                () -> fails(right, damaged(one, right, true), "1 byte of tensor", "norm"));
        table.add(on + "a byte of the graph", () -> fails(right, damaged(one, right, false)));
        table.add(
                on + "another adapter", () -> fails(right, otherAdapter(one), "the file was merged with another one"));
    }

    private static String passes(Resolution resolution) {
        Verification found = Verifier.verify(request(resolution, Optional.empty(), true), Progress.NONE);
        if (!found.passed()) {
            throw new AssertionError(found.checks() + " " + found.causes());
        }
        return found.checks().size() + " checks, " + found.targets().size() + " targets";
    }

    private static String fails(Resolution resolution, Path artifact, String... causes) {
        Verification found = Verifier.verify(request(resolution, Optional.of(artifact), true), Progress.NONE);
        String said = String.join("; ", found.causes());
        if (found.passed()) {
            throw new AssertionError("passed");
        }
        for (String cause : causes) {
            if (!said.contains(cause)) {
                throw new AssertionError("expected '" + cause + "' among: " + said);
            }
        }
        return said.length() > 110 ? said.substring(0, 110) + "..." : said;
    }

    private static VerifyRequest request(Resolution resolution, Optional<Path> merged, boolean numbers) {
        return new VerifyRequest(resolution, merged, Optional.empty(), Optional.empty(), 2, numbers, false);
    }

    private Path merge(PeftCase one, UnaryOperator<List<LowRankChange>> change) {
        Adapter adapter = one.adapter();
        List<ModuleChange> changed = new ArrayList<>(change.apply(adapter.lowRankChanges()));
        return merge(
                one,
                new Adapter(
                        adapter.source(),
                        adapter.format(),
                        adapter.method(),
                        changed,
                        adapter.details(),
                        adapter.warnings()));
    }

    private Path merge(PeftCase one, Adapter adapter) {
        Path output = folder.resolve("wrong.onnx");
        Resolution resolution = Resolver.resolve(
                ModelScanner.scan(one.base()), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
        Merger.merge(resolution, output, new MergeOptions(false, true, 2), Progress.NONE);
        return output;
    }

    private Path otherAdapter(PeftCase one) {
        return merge(
                one,
                changes -> changes.stream()
                        .map(change -> new LowRankChange(
                                change.module(),
                                change.kind(),
                                Noise.like(change.a(), 1),
                                Noise.like(change.b(), 2),
                                change.scaling(),
                                null,
                                null))
                        .toList());
    }

    /** Changes one byte outside the targets: in a norm's weight, or in a node. */
    private Path damaged(PeftCase one, Resolution right, boolean tensor) throws IOException {
        Path file = merge(one, one.adapter());
        byte[] bytes = Files.readAllBytes(file);
        long place = tensor
                ? right.model().graph().initializers().values().stream()
                        .filter(weight -> weight.name().contains("norm"))
                        .findFirst()
                        .orElseThrow()
                        .runs()
                        .get(0)
                        .offset()
                : right.model().graph().nodes().get(0).proto().end() - 1;
        bytes[(int) place] ^= 1;
        return Files.write(file, bytes);
    }

    private static String module(Resolution resolution, int index) {
        return resolution
                .adapters()
                .get(0)
                .adapter()
                .lowRankChanges()
                .get(index)
                .module();
    }

    private static List<LowRankChange> scaled(List<LowRankChange> changes, double factor) {
        return changes.stream().map(change -> change.scaledBy(factor)).toList();
    }

    /** The factors of a layer's module with those of the same module of the next layer. */
    private static List<LowRankChange> swapped(List<LowRankChange> changes) {
        int first = indexOf(changes, "layers.0.self_attn.q_proj");
        int second = indexOf(changes, "layers.1.self_attn.q_proj");
        List<LowRankChange> swapped = with(changes, first, withFactors(changes.get(first), changes.get(second)));
        return with(swapped, second, withFactors(changes.get(second), changes.get(first)));
    }

    /** {@code Aᵀ·Bᵀ} is the transpose of {@code B·A}. */
    private static List<LowRankChange> transposed(List<LowRankChange> changes) {
        int index = indexOf(changes, "layers.1.self_attn.o_proj");
        LowRankChange change = changes.get(index);
        return with(
                changes,
                index,
                new LowRankChange(
                        change.module(),
                        change.kind(),
                        change.b().transposed(),
                        change.a().transposed(),
                        change.scaling(),
                        null,
                        null));
    }

    private static LowRankChange withFactors(LowRankChange change, LowRankChange other) {
        return new LowRankChange(change.module(), change.kind(), other.a(), other.b(), change.scaling(), null, null);
    }

    private static int indexOf(List<LowRankChange> changes, String module) {
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i).module().endsWith(module)) {
                return i;
            }
        }
        throw new AssertionError("no module " + module);
    }

    private static List<LowRankChange> with(List<LowRankChange> changes, int index, LowRankChange change) {
        List<LowRankChange> copy = new ArrayList<>(changes);
        copy.set(index, change);
        return copy;
    }
}
