using System.Text;
using CsCheck;
using Fogbank.Kernel;
using Fogbank.Services.Lambda;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class DomainTests
{
    private static readonly Scope Scope = new("000000000000", "us-east-1");

    [Theory]
    [InlineData("f", null, "f", null, "000000000000")]
    [InlineData("f:1", null, "f", "1", "000000000000")]
    [InlineData("f", "$LATEST", "f", "$LATEST", "000000000000")]
    [InlineData("123456789012:function:f", null, "f", null, "123456789012")]
    [InlineData("123456789012:f", null, "f", null, "123456789012")]
    [InlineData("function:f:2", null, "f", "2", "000000000000")]
    [InlineData("function", null, "function", null, "000000000000")]
    [InlineData("us-east-1:123456789012:function:f", null, "f", null, "123456789012")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:f", null, "f", null, "123456789012")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:f:q", "q", "f", "q", "123456789012")]
    public void Functions_are_named_in_every_form(string text, string? qualifier, string name, string? expectedQualifier, string account)
    {
        var reference = FunctionReference.Parse(text, qualifier, Scope);
        Assert.Equal((name, expectedQualifier, account), (reference.Key.Name, reference.Qualifier, reference.Key.Scope.AccountId));
    }

    [Fact]
    public void Two_different_qualifiers_contradict_each_other()
    {
        var error = Assert.Throws<AwsException>(() => FunctionReference.Parse("f:1", "2", Scope));
        Assert.Equal("The derived qualifier from the function name does not match the specified qualifier.", error.Message);
    }

    [Fact]
    public void Environment_is_measured_as_JSON()
    {
        EnvironmentRules.Check(new Dictionary<string, string> { ["LARGE_VAR"] = new('x', 4096 - "{\"LARGE_VAR\":\"\"}".Length) });
        var error = Assert.Throws<AwsException>(() => EnvironmentRules.Check(new Dictionary<string, string> { ["LARGE_VAR"] = new('x', 4097 - "{\"LARGE_VAR\":\"\"}".Length) }));
        Assert.Contains("exceeded the 4KB limit. String measured: {\"LARGE_VAR\":\"xxx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_lines_are_AWSs()
    {
        var report = new InvocationReport
        {
            RequestId = "id",
            Duration = TimeSpan.FromMilliseconds(3.009),
            InitDuration = TimeSpan.FromMilliseconds(110.1),
            MemoryMegabytes = 128,
            MaxMemoryBytes = (36 << 20) - 5,
            Status = InvocationReport.Success,
        };
        Assert.Equal(
            "REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t",
            LogLines.Report(report));
        Assert.Equal(
            "REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tStatus: timeout",
            LogLines.Report(report with { InitDuration = null, Status = InvocationReport.Timeout }));
        Assert.Equal("START RequestId: id Version: $LATEST", LogLines.Start("id", "$LATEST"));
    }

    [Fact]
    public void Splitting_does_not_depend_on_where_the_bytes_were_cut() => Gen
        .Select(Gen.String[Gen.Char["ab\n\ré€"], 0, 200], Gen.Int[1, 7].Array[1, 40])
        .Sample((text, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = new List<string>();
            var splitter = new LineSplitter();
            splitter.Append(bytes, whole);
            splitter.Flush(whole);
            var parts = new List<string>();
            splitter = new LineSplitter();
            var at = 0;
            for (var i = 0; at < bytes.Length; i++)
            {
                var length = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
                splitter.Append(bytes.AsSpan(at, length), parts);
                at += length;
            }

            splitter.Flush(parts);
            Assert.Equal(whole, parts);
        });

    [Fact]
    public void Long_lines_are_cut_between_characters()
    {
        var text = string.Concat(Enumerable.Repeat("€", 200_000)) + "\n";
        var records = new List<string>();
        new LineSplitter().Append(Encoding.UTF8.GetBytes(text), records);
        Assert.Equal(3, records.Count);
        Assert.Equal(text.TrimEnd('\n'), string.Concat(records));
        Assert.All(records, record => Assert.InRange(Encoding.UTF8.GetByteCount(record), 1, LineSplitter.MaxLineBytes));
    }

    [Fact]
    public void Carriage_returns_inside_a_record_are_its_line_ends()
    {
        var records = new List<string>();
        new LineSplitter().Append("a\rb\r\n\nc\n"u8, records);
        Assert.Equal(["a\nb", "", "c"], records);
    }

    [Theory]
    [InlineData("arn:aws:s3:::*", "arn:aws:s3:::bucket", true)]
    [InlineData("arn:aws:s3:::b?cket", "arn:aws:s3:::bucket", true)]
    [InlineData("arn:aws:s3:::bucket", "arn:aws:s3:::bucket2", false)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b", "xxaxxbxx", false)]
    [InlineData("", "", true)]
    public void Wildcards(string pattern, string text, bool matches) => Assert.Equal(matches, Wildcard.Matches(pattern, text));

    [Theory]
    [InlineData(null, null, true, "Runtime exited with error: signal: killed")]
    [InlineData(137, null, false, "Runtime exited with error: exit status 137")]
    [InlineData(null, 11, false, "Runtime exited with error: signal: segmentation fault")]
    [InlineData(0, null, false, "Runtime exited without providing a reason")]
    public void Exits_are_told_as_AWS_does(int? code, int? signal, bool outOfMemory, string text) =>
        Assert.Equal(text, ErrorPayload.ExitText(code, signal, outOfMemory));

    [Theory]
    [InlineData(1769, 2, 1000)]
    [InlineData(128, 2, 72)]
    [InlineData(10240, 2, null)]
    public void CPU_follows_memory(int megabytes, int cpus, int? millis) => Assert.Equal(millis, CpuShare.Millis(megabytes, cpus));

    [Fact]
    public void A_million_invocations_of_a_second_and_a_gigabyte_cost_the_list_price()
    {
        Assert.Equal(0.0000168667m, LambdaPrice.OfInvocation(1024, 1000));
        Assert.Equal(0.0000002m + (0.125m * 0.001m * 0.0000166667m), LambdaPrice.OfInvocation(128, 1));
        Assert.True(LambdaPrice.OfInvocation(1024, 1000, storageMegabytes: 1024) > LambdaPrice.OfInvocation(1024, 1000));
    }

    [Fact]
    public void Queued_events_come_back_as_they_went_in() => Gen.Select(Gen.String, Gen.Byte.Array[0, 50], Gen.Bool).Sample((text, payload, flag) =>
    {
        var item = new AsyncEventRecord
        {
            RequestId = "id",
            FunctionName = "f",
            Qualifier = flag ? "1" : null,
            ClientContext = flag ? Clean(text) : null,
            TraceHeader = Clean(text),
            Payload = payload,
            AcceptedAt = DateTimeOffset.UnixEpoch,
            FailedAttempts = 2,
            IsRepeatable = flag,
            WakeAt = DateTimeOffset.UnixEpoch.AddSeconds(5),
        };
        var codec = new AsyncEventCodec();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        codec.Write(buffer, item);
        var read = codec.Read(buffer.WrittenSpan);
        Assert.Equal(payload, read.Payload.ToArray());
        Assert.Equal(item with { Payload = default }, read with { Payload = default });
        Assert.Throws<FormatException>(() => codec.Read(buffer.WrittenSpan[..(buffer.WrittenCount / 2)]));
    });

    // Lone surrogates do not survive UTF-8; nothing that came over HTTP has any.
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
