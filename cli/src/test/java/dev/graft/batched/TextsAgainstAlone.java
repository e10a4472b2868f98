package dev.graft.batched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.SlotCapacity;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.adapters.AdapterLease;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.adapters.RuntimeSettings;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.BatchedDecoder;
import dev.graft.runtime.generate.BatchedPrompt;
import dev.graft.runtime.generate.BatchedReader;
import dev.graft.runtime.generate.BatchedTextGenerator;
import dev.graft.runtime.generate.Decoder;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A base in style batched and in style input, with the same adapters: what texts side by side are, and what each is alone. */
final class TextsAgainstAlone implements AutoCloseable {
    static final AdapterMix FIRST = AdapterMix.of("adapter-0");
    static final AdapterMix SECOND = AdapterMix.of("adapter-1");

    private static final int SLOTS = 4;
    private static final int MAX_RANK = 16;

    private final BatchedModel batched;
    private final AdapterRuntime alone;
    private final InputHints hints;
    private final BatchedDecoder decoder;
    private final Map<String, Adapter> adapters = new LinkedHashMap<>();
    private final Map<AdapterMix, SlotAdapter> prepared = new LinkedHashMap<>();

    TextsAgainstAlone(Path base, Path folder) {
        this(base, folder, SLOTS);
    }

    TextsAgainstAlone(Path base, Path folder, int capacity) {
        ModelIndex index = ModelScanner.scan(base);
        List<Slot> slots = Slots.select(index, Slots.ALL_LINEAR);
        this.batched =
                BatchedModel.open(attach(index, folder, slots, AttachStyle.BATCHED, capacity), SessionSettings.DEFAULT);
        this.hints = ModelFolderHints.read(base, batched.inputs());
        this.alone = AdapterRuntime.of(
                ModelSession.open(attach(index, folder, slots, AttachStyle.INPUT, capacity), SessionSettings.DEFAULT),
                RuntimeSettings.DEFAULT);
        this.decoder = BatchedDecoder.over(batched, hints);
        int[] ranks = {4, 2, 8};
        for (int i = 0; i < ranks.length; i++) {
            Adapter adapter = RandomAdapters.of(slots, ranks[i], i + 1L);
            adapters.put("adapter-" + i, adapter);
            alone.put("adapter-" + i, adapter);
        }
    }

    private static Path attach(ModelIndex index, Path folder, List<Slot> slots, AttachStyle style, int capacity) {
        Path output = folder.resolve(style + "/model.onnx");
        AttachOptions options = AttachOptions.DEFAULT
                .withStyle(style)
                .withSlots(slots)
                .withNames(index.file().toString().contains("genai_fp") ? NameStyle.GENAI : NameStyle.OLIVE)
                .withCapacity(new SlotCapacity(capacity, MAX_RANK))
                .withForce();
        Attacher.attach(new Resolution(index, List.of(), List.of(), List.of()), output, options, Progress.NONE);
        return output;
    }

    BatchedDecoder decoder() {
        return decoder;
    }

    /**
     * A text to be.
     *
     * @param tokens of the prompt
     * @param mix what it is continued with
     */
    record Text(long[] tokens, AdapterMix mix, GenerationSettings settings) {
        static Text of(int maxTokens, AdapterMix mix, long... tokens) {
            return new Text(tokens, mix, GenerationSettings.ofMaxTokens(maxTokens));
        }

        Text with(GenerationSettings other) {
            return new Text(tokens, mix, other);
        }
    }

    /** Texts in one batch. */
    List<Generation> together(List<Text> texts) throws InterruptedException {
        OneSignTokens tokenizer = new OneSignTokens();
        return BatchedTextGenerator.of(decoder, tokenizer)
                .generate(texts.stream()
                        .map(text -> new BatchedPrompt(
                                tokenizer.decode(text.tokens()),
                                slotAdapter(text.mix()),
                                text.settings(),
                                GenerationListener.NONE))
                        .toList());
    }

    /** A text alone, with the cache. */
    Generation alone(Text text) {
        try (AdapterLease lease = alone.lease(text.mix());
                TextGenerator generator = TextGenerator.of(model(lease), new OneSignTokens())) {
            return generator.generate(text.tokens(), text.settings(), GenerationListener.NONE);
        }
    }

    /** Asserts that the texts are token by token what each is alone, for the same reason at the end. */
    List<Generation> assertTextsAreThoseAlone(List<Text> texts) throws InterruptedException {
        List<Generation> generations = together(texts);
        for (int i = 0; i < texts.size(); i++) {
            Generation expected = alone(texts.get(i));
            assertThat(generations.get(i).tokens()).as("text " + i).isEqualTo(expected.tokens());
            assertThat(generations.get(i).text()).isEqualTo(expected.text());
            assertThat(generations.get(i).reason()).isEqualTo(expected.reason());
        }
        return generations;
    }

    /** Reads growing texts side by side, each until it has so many tokens as its settings say, and gives the largest difference of logits from those of each alone. */
    double largestDifference(List<Text> texts) throws InterruptedException {
        List<long[]> grown = new ArrayList<>(texts.stream().map(Text::tokens).toList());
        List<Decoder> decoders = texts.stream().map(this::decoderAlone).toList();
        double largest = 0;
        try (BatchedReader reader = decoder.reader()) {
            for (int step = 0; step < mostTokens(texts); step++) {
                List<Integer> live = live(texts, step);
                List<@Nullable SlotAdapter> rows = new ArrayList<>();
                live.forEach(i -> rows.add(slotAdapter(texts.get(i).mix())));
                List<double[]> logits =
                        reader.nextLogits(live.stream().map(grown::get).toList(), rows);
                assertThat(reader.cachedTokens())
                        .isEqualTo(
                                live.stream().mapToInt(i -> grown.get(i).length).sum());
                for (int row = 0; row < live.size(); row++) {
                    int i = live.get(row);
                    double[] expected = decoders.get(i).nextLogits(grown.get(i));
                    largest = Math.max(largest, difference(expected, logits.get(row)));
                    grown.set(i, longer(grown.get(i), highest(expected)));
                }
            }
        } finally {
            decoders.forEach(Decoder::close);
        }
        return largest;
    }

    private static int mostTokens(List<Text> texts) {
        return texts.stream()
                .mapToInt(text -> text.settings().maxTokens())
                .max()
                .orElse(0);
    }

    private static List<Integer> live(List<Text> texts, int step) {
        List<Integer> live = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (step < texts.get(i).settings().maxTokens()) {
                live.add(i);
            }
        }
        return live;
    }

    private Decoder decoderAlone(Text text) {
        try (AdapterLease lease = alone.lease(text.mix())) {
            return model(lease).decoder();
        }
    }

    private TextModel model(AdapterLease lease) {
        return TextModel.over(lease.session(), lease.adapters(), hints);
    }

    @Nullable
    SlotAdapter slotAdapter(AdapterMix mix) {
        return mix.parts().isEmpty()
                ? null
                : prepared.computeIfAbsent(
                        mix, any -> batched.prepare(any, name -> Objects.requireNonNull(adapters.get(name))));
    }

    private static double difference(double[] one, double[] other) {
        assertThat(one).hasSameSizeAs(other);
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs(one[i] - other[i]));
        }
        return largest;
    }

    static long[] longer(long[] text, long token) {
        long[] longer = Arrays.copyOf(text, text.length + 1);
        longer[text.length] = token;
        return longer;
    }

    private static int highest(double[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    @Override
    public void close() {
        batched.close();
        alone.close();
    }
}
