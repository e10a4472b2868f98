package dev.graft.compiler.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.merge.Bindings;
import dev.graft.compiler.merge.Matrices;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.merge.OnnxFiles;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StructureProofTest {
    @TempDir
    Path folder;

    private final LowRankChange change = Matrices.linear("fc1", 8, 8, 2, 1, 3);

    @Test
    void aModelEqualsItself() throws IOException {
        ModelIndex base = shared();

        StructureProof proof = StructureProof.compare(base, base);

        assertThat(proof.isSameArchitecture()).isTrue();
        assertThat(proof.differsOnlyIn(Set.of())).isTrue();
        assertThat(proof.files()).hasSize(2).allMatch(StructureProof.FileComparison::isIdentical);
    }

    @Test
    void hashesAreThoseOfTheFiles() throws IOException {
        ModelIndex base = new OnnxFiles().input("x").output("x").write(folder.resolve("model.onnx"));

        StructureProof proof = StructureProof.compare(base, base);

        String hash = proof.files().get(0).baseSha256();
        assertThat(hash).hasSize(64).isEqualTo(proof.baseProtobufSha256());
        assertThat(new Sha256()
                        .add(java.nio.ByteBuffer.wrap("abc".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                        .hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void anInlineMergeDiffersInTheTensorOnly() throws IOException {
        ModelIndex base = new OnnxFiles()
                .input("x")
                .node("MatMul", "/fc1/MatMul", "y", "x", "w")
                .inline(Matrices.random("w", DType.FLOAT32, 1, 8, 8))
                .output("y")
                .write(folder.resolve("base/model.onnx"));

        StructureProof proof = StructureProof.compare(base, merge(base, false));

        assertThat(proof.isSameArchitecture()).isTrue();
        assertThat(proof.differsOnlyIn(Set.of("w"))).isTrue();
        assertThat(proof.differsOnlyIn(Set.of())).isFalse();
        assertThat(proof.files().get(0).isIdentical()).isFalse();
        assertThat(proof.tensors().get(0).bytes()).isBetween(64L, 256L);
    }

    @Test
    void anUnsharedMergeShowsWhatWasAdded() throws IOException {
        ModelIndex base = shared();

        StructureProof proof = StructureProof.compare(base, merge(base, true));

        assertThat(proof.isSameArchitecture()).isFalse();
        assertThat(proof.addedTensors()).containsExactly("w.unshared");
        assertThat(proof.rewiredNodes()).containsExactly("/fc1/MatMul");
        assertThat(proof.missingTensors()).isEmpty();
        assertThat(proof.tensors()).isEmpty();
        WeightProof weights = WeightProof.check(
                Bindings.byNodeName(base, Matrices.adapter(1, change)), folder.resolve("out/model.onnx"), 1);
        assertThat(weights.verdict()).isEqualTo(WeightProof.Verdict.EXACT);
        assertThat(weights.findings())
                .extracting(Finding::sentence)
                .containsExactly("added for fc1, which shared 'w' with others");
    }

    private ModelIndex shared() throws IOException {
        return new OnnxFiles()
                .input("x")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w")
                .node("MatMul", "/fc2/MatMul", "y", "h", "w")
                .external(Matrices.random("w", DType.FLOAT32, 1, 8, 8), 0)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
    }

    private ModelIndex merge(ModelIndex base, boolean unshare) {
        Path output = folder.resolve("out/model.onnx");
        Merger.merge(
                Bindings.byNodeName(base, Matrices.adapter(1, change)),
                output,
                new MergeOptions(unshare, false, 1),
                Progress.NONE);
        return ModelScanner.scan(output);
    }
}
