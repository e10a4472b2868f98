package dev.graft.samples;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * A bounded number of requests on {@link ServeManyAdapters} over loopback, every one of them checked.
 *
 * @param port of the service
 * @param clients that ask side by side, each after its last answer
 * @param requests of each client
 */
public record LoadOnService(int port, int clients, int requests) {
    /**
     * What came of it.
     *
     * @param requests all of them
     * @param wrong answers that were not what they should be
     * @param perSecond requests answered in a second
     * @param median of an answer, in milliseconds
     * @param percentile99 of an answer, in milliseconds
     */
    public record Result(int requests, int wrong, double perSecond, double median, double percentile99) {
        @Override
        public String toString() {
            return String.format(
                    "%d requests, %d wrong, %.0f a second, median %.1f ms, 99 %% %.1f ms",
                    requests, wrong, perSecond, median, percentile99);
        }
    }

    /**
     * Asks for another adapter each time.
     *
     * @param expected the right answer by adapter (or mix) and prompt
     */
    public Result run(Map<String, Map<String, String>> expected) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        long start = System.nanoTime();
        try {
            List<Future<Client>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                Client asking = new Client(new Random(client), expected, new double[requests]);
                running.add(threads.submit(asking::run));
            }
            double[] all = new double[0];
            int wrong = 0;
            for (Future<Client> done : running) {
                Client client = done.get();
                wrong += client.wrong;
                int before = all.length;
                all = Arrays.copyOf(all, before + client.milliseconds.length);
                System.arraycopy(client.milliseconds, 0, all, before, client.milliseconds.length);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Arrays.sort(all);
            return new Result(
                    all.length, wrong, all.length / seconds, all[all.length / 2], all[(int) (all.length * 0.99)]);
        } finally {
            threads.shutdown();
        }
    }

    private final class Client {
        private final HttpClient http = HttpClient.newHttpClient();
        private final Random random;
        private final Map<String, Map<String, String>> expected;
        private final double[] milliseconds;
        private int wrong;

        Client(Random random, Map<String, Map<String, String>> expected, double[] milliseconds) {
            this.random = random;
            this.expected = expected;
            this.milliseconds = milliseconds;
        }

        Client run() throws IOException, InterruptedException {
            List<String> adapters = List.copyOf(expected.keySet());
            int last = -1;
            for (int i = 0; i < milliseconds.length; i++) {
                int next =
                        adapters.size() == 1 ? 0 : (last + 1 + random.nextInt(adapters.size() - 1)) % adapters.size();
                last = next;
                Map<String, String> answers = expected.getOrDefault(adapters.get(next), Map.of());
                String prompt = List.copyOf(answers.keySet()).get(random.nextInt(answers.size()));
                long start = System.nanoTime();
                String answer = ask(http, adapters.get(next), prompt);
                milliseconds[i] = (System.nanoTime() - start) / 1e6;
                wrong += answer.equals(answers.get(prompt)) ? 0 : 1;
            }
            return this;
        }
    }

    /** One request, for a person who wants to see. */
    public String ask(String adapter, String prompt) throws IOException, InterruptedException {
        return ask(HttpClient.newHttpClient(), adapter, prompt);
    }

    private String ask(HttpClient http, String adapter, String prompt) throws IOException, InterruptedException {
        Function<String, String> encoded = text -> URLEncoder.encode(text, StandardCharsets.UTF_8);
        String query = adapter.isEmpty() ? "" : "?adapter=" + encoded.apply(adapter);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/generate" + query))
                .POST(HttpRequest.BodyPublishers.ofString(prompt))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
