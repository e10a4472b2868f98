package dev.graft.samples;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The directions and habits that CONTRIBUTING.md describes, over the main classes of every module. */
class ArchitectureTest {
    private static final String GENERATED = "dev.graft.compiler.ir.proto..";
    private static final String COMPILER = "dev.graft.compiler..";
    private static final String RUNTIME = "dev.graft.runtime..";
    private static final String SERVING = "dev.graft.serving..";
    private static final String TRAINING = "dev.graft.training..";
    private static final String TESTKIT = "dev.graft.testkit..";
    private static final String CLI = "dev.graft.cli..";
    private static final String SAMPLES = "dev.graft.samples..";
    private static final String ONNX_RUNTIME = "ai.onnxruntime..";
    private static final String PROTOBUF = "com.google.protobuf..";

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(ArchitectureTest::isNotTestJar)
            .withImportOption(ArchitectureTest::isNotGenerated)
            .importPackages("dev.graft");

    @Test
    void everyModuleIsSeen() {
        assertThat(List.of("adapter", "compiler", "runtime", "serving", "training", "testkit", "cli", "samples"))
                .allSatisfy(module -> assertThat(ALL.containPackage("dev.graft." + module))
                        .as(module)
                        .isTrue());
    }

    @Test
    void adapterStandsOnNoOtherModule() {
        noClasses()
                .that()
                .resideOutsideOfPackages(COMPILER, RUNTIME, SERVING, TRAINING, TESTKIT, CLI, SAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(COMPILER, RUNTIME, SERVING, TRAINING, TESTKIT, CLI, SAMPLES, ONNX_RUNTIME, PROTOBUF)
                .because("adapter is what every other module stands on")
                .check(ALL);
    }

    @Test
    void compilerSeesOnlyAdapter() {
        mayNotDepend(COMPILER, RUNTIME, SERVING, TRAINING, TESTKIT, CLI, SAMPLES, ONNX_RUNTIME)
                .because("compiler is pure Java and runs in any build tool")
                .check(ALL);
    }

    @Test
    void runtimeSeesOnlyAdapter() {
        mayNotDepend(RUNTIME, COMPILER, SERVING, TRAINING, TESTKIT, CLI, SAMPLES, PROTOBUF)
                .because("a service that embeds runtime must not meet our protobuf")
                .check(ALL);
    }

    @Test
    void librariesDoNotSeeWhatStandsOnThem() {
        mayNotDepend(SERVING, TRAINING, TESTKIT, CLI, SAMPLES).check(ALL);
        mayNotDepend(TRAINING, SERVING, TESTKIT, CLI, SAMPLES).check(ALL);
        mayNotDepend(TESTKIT, TRAINING, CLI, SAMPLES).check(ALL);
        mayNotDepend(CLI, SAMPLES).check(ALL);
    }

    @Test
    void generatedProtobufClassesStayInsideTheIntermediateRepresentation() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.graft.compiler.ir..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(GENERATED)
                .because("only the reader and the writer of compiler.ir know protobuf")
                .check(ALL);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.graft.(**)").should().beFreeOfCycles().check(ALL);
    }

    /** Whoever makes the environment first decides whether ONNX Runtime's telemetry runs. */
    @Test
    void onnxRuntimeIsLoadedInOnePlace() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.graft.runtime.session.OnnxRuntime")
                .should()
                .callMethodWhere(
                        target(owner(name("ai.onnxruntime.OrtEnvironment"))).and(target(name("getEnvironment"))))
                .check(ALL);
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.graft.cli.Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(ALL);
    }

    @Test
    void onlyTheCommandLineAndSamplesPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI, SAMPLES)
                .should(ACCESS_STANDARD_STREAMS)
                .check(ALL);
    }

    @Test
    void classesAreNamedForWhatTheyAre() {
        classes()
                .should()
                .haveNameNotMatching(".*(Utils?|Helper|Manager|Impl)")
                .because("such a name says nothing about what is inside")
                .check(ALL);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = ALL.stream()
                .map(type -> type.getPackage())
                .distinct()
                .filter(aPackage -> !aPackage.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .sorted()
                .toList();

        assertThat(unmarked)
                .as("packages without a @NullMarked package-info.java")
                .isEmpty();
    }

    private static ArchRule mayNotDepend(String from, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .allowEmptyShould(true);
    }

    private static boolean isNotTestJar(Location location) {
        return !location.contains("-tests.jar");
    }

    private static boolean isNotGenerated(Location location) {
        return !location.contains("/dev/graft/compiler/ir/proto/");
    }
}
