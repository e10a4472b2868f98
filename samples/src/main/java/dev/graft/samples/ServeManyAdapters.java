package dev.graft.samples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.cli.tokenizer.HuggingFaceTokenizerSource;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.runtime.adapters.AdapterLease;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.adapters.RuntimeListener;
import dev.graft.runtime.adapters.RuntimeSettings;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.generate.TokenizerSource;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.SessionSettings;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A text service over one model in memory, in which each request names its adapter: {@code POST /generate?adapter=pirate}, a mix as {@code
 * ?adapter=pirate@0.7,commentator@0.3}, the base without. The body is the prompt, the answer the continuation. {@code GET /metrics} is for Prometheus.
 *
 * <p>Listens on loopback only. Needs graft-runtime, a tokenizer (here the command line's), and graft-compiler to give the model inputs for adapters, once.
 */
public final class ServeManyAdapters implements AutoCloseable {
    private static final int LONGEST_PROMPT = 4096;
    private static final GenerationSettings TEXT = GenerationSettings.ofMaxTokens(16);

    private final AdapterRuntime runtime;
    private final TokenizerSource tokenizer;
    private final PrometheusMeterRegistry metrics;
    private final HttpServer server;
    private final ExecutorService requests = oneThreadARequest();

    private ServeManyAdapters(
            AdapterRuntime runtime, TokenizerSource tokenizer, PrometheusMeterRegistry metrics, int port)
            throws IOException {
        this.runtime = runtime;
        this.tokenizer = tokenizer;
        this.metrics = metrics;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/generate", exchange -> answer(exchange, this::generate));
        server.createContext("/metrics", exchange -> answer(exchange, any -> metrics.scrape()));
        server.setExecutor(requests);
        server.start();
    }

    /**
     * Starts the service with the sample's three adapters.
     *
     * @param sample the folder {@code samples/language-model}
     * @param folder where the model with inputs for adapters goes
     * @param port 0 for any that is free
     */
    public static ServeManyAdapters start(Path sample, TokenizerSource tokenizer, Path folder, int port)
            throws IOException {
        Path attached = attach(sample, folder);
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AdapterRuntime runtime = AdapterRuntime.open(
                attached,
                RuntimeSettings.DEFAULT
                        // requests run side by side, so each takes one thread
                        .with(SessionSettings.DEFAULT.withIntraOpThreads(1))
                        .with(new Meters(metrics)));
        runtime.put("pirate", sample.resolve("adapter"));
        runtime.put("commentator", sample.resolve("adapter-second-style"));
        runtime.put("small", sample.resolve("adapter-small"));
        return new ServeManyAdapters(runtime, tokenizer, metrics, port);
    }

    /** What {@code graft attach --style input} does; usually done once, when the model is built. */
    private static Path attach(Path sample, Path folder) {
        WeightedAdapter likeAll =
                WeightedAdapter.of(AdapterFiles.readAdapter(sample.resolve("adapter"), ReadOptions.DEFAULT));
        Path base = sample.resolve("base").resolve("model.onnx");
        Path attached = folder.resolve("attached.onnx");
        Attacher.attach(
                Resolver.resolve(ModelScanner.scan(base), List.of(likeAll), ResolveOptions.DEFAULT),
                attached,
                AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT),
                Progress.NONE);
        return attached;
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    private String generate(HttpExchange exchange) throws IOException {
        long start = System.nanoTime();
        String prompt = new String(exchange.getRequestBody().readNBytes(LONGEST_PROMPT), StandardCharsets.UTF_8);
        // the lease holds the adapter until the text is done, whatever is put, replaced or removed meanwhile
        try (AdapterLease lease = runtime.lease(mix(exchange.getRequestURI().getQuery()));
                TextGenerator generator =
                        TextGenerator.of(TextModel.over(lease.session(), lease.adapters()), tokenizer)) {
            Generation text = generator.generate(prompt, TEXT, GenerationListener.NONE);
            metrics.summary("graft.text.tokens").record(text.newTokens().size());
            metrics.timer("graft.text").record(Duration.ofNanos(System.nanoTime() - start));
            return text.text();
        }
    }

    /** {@code adapter=pirate@0.7,small@0.3}. */
    private static AdapterMix mix(String query) {
        AdapterMix mix = AdapterMix.BASE;
        if (query != null && query.startsWith("adapter=")) {
            for (String part : query.substring("adapter=".length()).split(",", 8)) {
                int at = part.indexOf('@');
                mix = at < 0
                        ? mix.and(part, 1)
                        : mix.and(part.substring(0, at), Double.parseDouble(part.substring(at + 1)));
            }
        }
        return mix;
    }

    private interface Answer {
        String to(HttpExchange exchange) throws IOException;
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            int status = 200;
            String text;
            try {
                text = answer.to(exchange);
            } catch (GraftException | IllegalArgumentException e) {
                // what is wrong with the request, in words: unknown adapter "x"; loaded: ...
                status = 400;
                text = String.valueOf(e.getMessage());
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Virtual threads from Java 21 on. */
    private static ExecutorService oneThreadARequest() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return Executors.newCachedThreadPool();
        }
    }

    @Override
    public void close() {
        server.stop(1);
        requests.shutdown();
        runtime.close();
        metrics.close();
    }

    /** {@code ServeManyAdapters samples/language-model 8080}: serves until the process is ended. */
    public static void main(String[] words) throws IOException {
        Path sample = Path.of(words[0]);
        Path tokenizer = sample.resolve("base").resolve("tokenizer.json");
        start(
                sample,
                HuggingFaceTokenizerSource.open(tokenizer),
                Files.createTempDirectory("attached"),
                Integer.parseInt(words[1]));
        System.out.println(
                "curl -d 'This morning the harbour' 'http://localhost:" + words[1] + "/generate?adapter=pirate'");
    }

    /** What the runtime tells, as Micrometer's meters. */
    private record Meters(PrometheusMeterRegistry registry) implements RuntimeListener {
        @Override
        public void adapterLoaded(AdapterMix mix, long bytes, Duration took) {
            Timer.builder("graft.adapter.load")
                    .description("reading, checking and composing adapters")
                    .register(registry)
                    .record(took);
            registry.counter("graft.adapter.loaded.bytes").increment((double) bytes);
        }

        @Override
        public void adapterEvicted(AdapterMix mix, long bytes) {
            registry.counter("graft.adapter.evicted.bytes").increment((double) bytes);
        }

        @Override
        public void adapterSwitched(AdapterMix from, AdapterMix to) {
            // names only: weights are a caller's, and as many as there are numbers
            List<String> names =
                    to.parts().stream().map(AdapterMix.Part::adapter).toList();
            registry.counter("graft.adapter.switches", "adapter", String.join("+", names))
                    .increment();
        }
    }
}
