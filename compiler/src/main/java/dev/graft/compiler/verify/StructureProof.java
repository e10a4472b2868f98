package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import java.util.List;
import java.util.Set;

/**
 * Where two models differ, byte by byte.
 *
 * @param files the files of both, the model file first
 * @param tensors tensors of both whose bytes differ
 * @param elsewhere places outside tensor data that differ, in files of equal size; at most {@value #MOST_PLACES}
 * @param addedTensors names of tensors that only the artifact has
 * @param missingTensors names of tensors that only the base has
 * @param addedNodes nodes that only the artifact has
 * @param missingNodes nodes that only the base has
 * @param rewiredNodes nodes of both that read other inputs
 * @param baseProtobufSha256 the hash of the base's model file without tensor data
 * @param artifactProtobufSha256 the same of the artifact
 */
public record StructureProof(
        List<FileComparison> files,
        List<TensorDifference> tensors,
        List<ByteRegion> elsewhere,
        List<String> addedTensors,
        List<String> missingTensors,
        List<String> addedNodes,
        List<String> missingNodes,
        List<String> rewiredNodes,
        String baseProtobufSha256,
        String artifactProtobufSha256) {
    static final int MOST_PLACES = 100;

    /**
     * A file of the base and the artifact's file of the same place.
     *
     * @param name {@code model} for the model file, else the location of the data file
     * @param baseSize its size in the base; -1 where only the artifact has it
     * @param artifactSize its size in the artifact; -1 where only the base has it
     * @param baseSha256 its hash in the base; empty where it is not there
     * @param artifactSha256 its hash in the artifact
     */
    public record FileComparison(
            String name, long baseSize, long artifactSize, String baseSha256, String artifactSha256) {
        /** Whether both are the same bytes. */
        public boolean isIdentical() {
            return baseSize == artifactSize && baseSha256.equals(artifactSha256);
        }
    }

    /**
     * A tensor whose bytes differ.
     *
     * @param name its name
     * @param bytes how many bytes differ; -1 where type or shape do
     * @param first the first byte that differs, in the artifact's file
     */
    public record TensorDifference(String name, long bytes, ByteRegion first) {}

    /** Compares two models, reading all their files once. */
    public static StructureProof compare(ModelIndex base, ModelIndex artifact) {
        return new StructureComparison(base, artifact).compare();
    }

    /** Whether protobuf bytes, file sizes and file names are the same, so that the models differ in weights only. */
    public boolean isSameArchitecture() {
        return baseProtobufSha256.equals(artifactProtobufSha256)
                && elsewhere.isEmpty()
                && files.stream().allMatch(file -> file.baseSize() == file.artifactSize());
    }

    /** Whether the models have the same architecture and no tensor but these differs. */
    public boolean differsOnlyIn(Set<String> names) {
        return isSameArchitecture() && tensors.stream().allMatch(tensor -> names.contains(tensor.name()));
    }
}
