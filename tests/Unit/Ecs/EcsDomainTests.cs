using System.Text;
using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ecs.Domain;
using Xunit;
using Scope = Fogbank.Kernel.Scope;

namespace Fogbank.Tests.Unit.Ecs;

public sealed class EcsDomainTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Scope Home = new("000000000000", "us-east-1");

    [Theory]
    [InlineData(256, 512, true)]
    [InlineData(256, 4096, false)]
    [InlineData(512, 1536, false)]
    [InlineData(1024, 8192, true)]
    [InlineData(4096, 31744, false)]
    [InlineData(8192, 20480, true)]
    [InlineData(8192, 18432, false)]
    [InlineData(16384, 122880, true)]
    [InlineData(32768, 249856, true)]
    [InlineData(300, 512, false)]
    public void Sizes_are_those_of_Fargate(int cpu, int memory, bool exists) => Assert.Equal(exists, FargateSizes.Exists(cpu, memory));

    [Theory]
    [InlineData("256", 256)]
    [InlineData(".25 vCPU", 256)]
    [InlineData("2vcpu", 2048)]
    public void Cpu_is_read_in_both_forms(string text, int units)
    {
        Assert.True(FargateSizes.TryReadCpu(text, out var read));
        Assert.Equal(units, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("GB")]
    [InlineData("1e3")]
    public void Nonsense_is_no_memory(string text) => Assert.False(FargateSizes.TryReadMemory(text, out _));

    [Fact]
    public void Waiting_tasks_are_admitted_in_order_and_none_waits_for_ever()
    {
        var total = new MachineShare(1024, 4096);
        WaitingTask Task(string id, int minutesAgo, int cpu) => new(new(Home, "c", id), Now.AddMinutes(-minutesAgo), new(cpu, 512));
        string[] Ids(MachineShare used, params WaitingTask[] waiting) => [.. Admission.Select(waiting, used, total, Now).Select(task => task.Key.Id)];

        Assert.Equal(["a", "b"], Ids(default, Task("b", 0, 512), Task("a", 1, 512), Task("c", 0, 512) with { CreatedAt = Now.AddSeconds(1) }));

        // A small one may pass a big one that has not waited long …
        Assert.Equal(["small"], Ids(new(512, 512), Task("big", 0, 1024), Task("small", 0, 256) with { CreatedAt = Now.AddSeconds(1) }));

        // … but not for ever, unless the machine could never hold the big one.
        Assert.Empty(Ids(new(512, 512), Task("big", 2, 1024), Task("small", 0, 256)));
        Assert.Equal(["small"], Ids(new(512, 512), Task("huge", 2, 2048), Task("small", 0, 256)));
    }

    [Fact]
    public void Lines_become_events_wherever_reads_were_cut()
    {
        var text = Encoding.UTF8.GetBytes("eins\nzwö\r\n\ndrei");
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var events = new List<OutputEvent>();
            var first = new EventAssembler(null);
            first.Add(LogStream.StandardOutput, text.AsSpan(0, cut), Now, events);

            // As after a restart of the region between the two reads.
            var second = new EventAssembler(null);
            second.Restore(first.Pending());
            second.Add(LogStream.StandardOutput, text.AsSpan(cut), Now, events);
            second.End(events);
            Assert.Equal(["eins", "zwö", "drei"], events.Select(item => item.Message));
        }
    }

    [Fact]
    public void Output_without_an_end_of_line_is_cut_at_the_size_of_an_event()
    {
        var events = new List<OutputEvent>();
        var assembler = new EventAssembler(null);
        assembler.Add(LogStream.StandardError, new byte[EventAssembler.MostBytes * 2].AsSpan(), Now, events);
        assembler.Add(LogStream.StandardError, Enumerable.Repeat((byte)0xBF, EventAssembler.MostBytes + 1).ToArray(), Now, events);
        assembler.End(events);
        Assert.All(events, item => Assert.InRange(item.Message.Length, 1, EventAssembler.MostBytes));
        Assert.True(events.Count >= 4);
    }

    [Fact]
    public void A_pattern_joins_lines_to_events()
    {
        var events = new List<OutputEvent>();
        var options = AwslogsOptions.Parse(new Dictionary<string, string> { ["awslogs-datetime-format"] = "%Y-%m-%d %H:%M:%S" }, "blocking");
        var assembler = new EventAssembler(options.EventStart);
        assembler.Add(LogStream.StandardOutput, "2026-01-01 10:00:00 a\n  b\n  c\n2026-01-01 10:00:01 d\n"u8, Now, events);
        Assert.Equal(["2026-01-01 10:00:00 a\n  b\n  c"], events.Select(item => item.Message));
        Assert.NotNull(assembler.OpenSince);
        assembler.End(events);
        Assert.Equal("2026-01-01 10:00:01 d", events[^1].Message);
    }

    [Theory]
    [InlineData("mode", "sometimes")]
    [InlineData("max-buffer-size", "much")]
    [InlineData("awslogs-multiline-pattern", "(")]
    [InlineData("awslogs-unknown", "x")]
    public void Log_options_without_sense_are_refused(string name, string value) =>
        Assert.Equal("ClientException", Assert.Throws<AwsException>(() => AwslogsOptions.Parse(new Dictionary<string, string> { [name] = value }, "blocking")).Code.Name);

    [Fact]
    public void Health_follows_from_checks()
    {
        var state = HealthState.Initial.After(false, isStarting: true, 2);
        Assert.Equal(HealthStatus.Unknown, state.Status);
        state = state.After(false, false, 2);
        Assert.Equal(HealthStatus.Unknown, state.Status);
        state = state.After(false, false, 2);
        Assert.Equal(HealthStatus.Unhealthy, state.Status);
        Assert.Equal(HealthStatus.Healthy, state.After(true, false, 2).Status);
    }

    [Fact]
    public void Circles_of_dependencies_are_refused()
    {
        var circle = new[]
        {
            TaskSamples.Container("a", dependsOn: [("b", ContainerCondition.Start)]), TaskSamples.Container("b", dependsOn: [("a", ContainerCondition.Start)]),
        };
        Assert.Contains("circular", Assert.Throws<AwsException>(() => ContainerOrder.Check(circle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_essential_container_cannot_be_waited_for_to_end() =>
        Assert.Throws<AwsException>(() => ContainerOrder.Check(
            [TaskSamples.Container("a"), TaskSamples.Container("b", dependsOn: [("a", ContainerCondition.Complete)])]));

    [Theory]
    [InlineData(null, null, null, new[] { "entry", "image" })]
    [InlineData(null, "defined", null, new[] { "entry", "defined" })]
    [InlineData("own", null, null, new[] { "own" })]
    [InlineData("own", "defined", "changed", new[] { "own", "changed" })]
    public void The_command_is_that_of_Docker(string? entryPoint, string? command, string? changed, string[] expected) =>
        Assert.Equal(expected, ContainerPlan.Command(
            new() { EntryPoint = entryPoint is null ? null : [entryPoint], Command = command is null ? null : [command] },
            changed is null ? null : new() { Command = [changed] },
            new() { Entrypoint = ["entry"], Command = ["image"] }));

    [Theory]
    [InlineData("SIGQUIT", 3)]
    [InlineData("quit", 3)]
    [InlineData("9", 9)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData(null, 15)]
    public void Stop_signals_are_read(string? text, int number) => Assert.Equal(number, (int)ContainerPlan.Signal(text));

    [Fact]
    public void Later_variables_win_but_not_over_the_endpoints()
    {
        var definition = TaskSamples.Definition(TaskSamples.Container("main"));
        var task = TaskSamples.Task(definition) with { TaskRoleArn = "arn:aws:iam::000000000000:role/r" };
        var container = new ContainerDefinition
        {
            Name = "main",
            Environment = [new() { Name = "A", Value = "definition" }, new() { Name = "AWS_REGION", Value = "own" }, new() { Name = "ECS_CONTAINER_METADATA_URI_V4", Value = "no" }],
        };
        var variables = ContainerPlan.Environment(task, container, new ImageConfiguration { Environment = ["A=image", "B=image"] }, [("B", "file"), ("A", "file")]);
        Assert.Equal(("definition", "file", "own"), (variables["A"], variables["B"], variables["AWS_REGION"]));
        Assert.Equal($"http://169.254.170.2/v4/{ContainerPlan.RuntimeId(task.Id, "main", 0)}", variables["ECS_CONTAINER_METADATA_URI_V4"]);
        Assert.Equal("/v2/credentials/credentials", variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]);
    }

    [Fact]
    public void Volumes_are_taken_from_other_containers_too()
    {
        var source = new ContainerDefinition { Name = "source", MountPoints = [new() { SourceVolume = "data", ContainerPath = "/data" }] };
        var reader = new ContainerDefinition { Name = "reader", VolumesFrom = [new() { SourceContainer = "source", ReadOnly = true }] };
        var definition = new TaskDefinition { ContainerDefinitions = [source, reader], Volumes = [new() { Name = "data" }] };
        var images = new Dictionary<string, ImageConfiguration> { ["source"] = new() { Volumes = ["/data", "/cache"] } };
        Assert.Equal(["data", "_image-0-1"], VolumePlan.Names(definition, images));
        Assert.Equal(
            [("/cache", true), ("/data", true)], VolumePlan.Mounts(definition, reader, images).Select(mount => (mount.Target, mount.ReadOnly)));
    }

    [Theory]
    [InlineData("family", "family", null)]
    [InlineData("family:7", "family", 7)]
    [InlineData("arn:aws:ecs:us-east-1:000000000000:task-definition/family:7", "family", 7)]
    public void Definitions_are_named_in_three_ways(string given, string family, int? revision)
    {
        Assert.True(EcsArn.TryTaskDefinition(given, Home, out var readFamily, out var readRevision));
        Assert.Equal((family, revision), (readFamily, readRevision));
    }

    [Theory]
    [InlineData("arn:aws:ecs:us-east-1:111111111111:task-definition/family:7")]
    [InlineData("family:x")]
    public void Other_names_are_none(string given) => Assert.False(EcsArn.TryTaskDefinition(given, Home, out _, out _));

    [Fact]
    public void Tasks_are_shared_out_by_base_and_weight()
    {
        CapacityProviderStrategyItem[] strategy = [new() { CapacityProvider = "FARGATE", Base = 2, Weight = 1 }, new() { CapacityProvider = "FARGATE_SPOT", Weight = 3 }];
        var assigned = ProviderStrategy.Assign(strategy, 10);
        Assert.Equal((4, 6), (assigned.Count(name => name == "FARGATE"), assigned.Count(name => name == "FARGATE_SPOT")));
    }
}
