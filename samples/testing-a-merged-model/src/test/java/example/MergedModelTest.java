package example;

import static dev.graft.testkit.GraftAssertions.assertThatAdapter;
import static dev.graft.testkit.GraftAssertions.assertThatModel;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a team that ships a merged model wants to know before it does.
 *
 * <p>Here the model is merged first, by the same code that {@code graft merge} runs; in your project it is the file that you are about to deploy.
 */
class MergedModelTest {
    private static final Path SAMPLE = Path.of("../language-model");
    private static final Path BASE = SAMPLE.resolve("base/model.onnx");
    private static final Path PIRATE = SAMPLE.resolve("adapter");
    private static final Path STADIUM = SAMPLE.resolve("adapter-second-style");
    private static final String[] TARGETS = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"
    };

    @TempDir
    private static Path folder;

    private static Path merged;
    private static Path attached;

    @BeforeAll
    static void buildTheArtifacts() {
        WeightedAdapter adapter = WeightedAdapter.of(AdapterFiles.readAdapter(PIRATE, ReadOptions.DEFAULT));
        Resolution resolution = Resolver.resolve(ModelScanner.scan(BASE), List.of(adapter), ResolveOptions.DEFAULT);
        merged = folder.resolve("pirate.onnx");
        attached = folder.resolve("attached.onnx");
        Merger.merge(resolution, merged, MergeOptions.defaults(), Progress.NONE);
        Attacher.attach(resolution, attached, AttachOptions.DEFAULT, Progress.NONE);
    }

    @Test
    void theAdapterIsTheOneWeTrained() {
        assertThatAdapter(PIRATE)
                .hasMethod("LoRA")
                .hasRank(8)
                .hasScaling(2)
                .targets(TARGETS)
                .hasFiniteValues()
                .fits(BASE);
    }

    @Test
    void theMergedModelIsADropInReplacement() {
        assertThatModel(merged).hasSameArchitectureAs(BASE);
    }

    @Test
    void onlyTheTargetsChanged() {
        assertThatModel(merged).differsOnlyIn(TARGETS).from(BASE);
    }

    @Test
    void theMergeIsOfThisAdapterAndNoOther() {
        assertThatModel(merged).isMergeOf(BASE, PIRATE);

        assertThatThrownBy(() -> assertThatModel(merged).isMergeOf(BASE, STADIUM))
                .hasMessageContaining("Likely cause: another adapter was merged");
    }

    @Test
    void itComputesWhatBaseAndAdapterComputeSideBySide() {
        assertThatModel(merged).producesSameOutputsAs(attached).onSamples(8);
    }
}
