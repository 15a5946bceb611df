using Fogbank.CommandLine.Functions;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public class ReportLineTests
{
    private const string Warm =
        "REPORT RequestId: 6f\tDuration: 1.50 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 17 MB\t\n";

    private const string Cold =
        "REPORT RequestId: 5f\tDuration: 12.25 ms\tBilled Duration: 13 ms\tMemory Size: 1769 MB\tMax Memory Used: 40 MB\tInit Duration: 31.75 ms\t\n";

    [Fact]
    public void A_cold_start_has_its_initialisation() =>
        Assert.Equal(new ReportLine(12.25, 13, 1769, 40, 31.75), ReportLine.Find("START\nhello\n" + Cold));

    [Fact]
    public void A_failed_initialisation_is_no_warm_start() => Assert.Equal(
        new ReportLine(1.5, 2, 128, 17, null, InitFailed: true),
        ReportLine.Find("INIT_REPORT Init Duration: 9.10 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\nSTART\n" + Warm));

    [Fact]
    public void The_last_one_counts() => Assert.Equal(new ReportLine(1.5, 2, 128, 17, null), ReportLine.Find(Cold + Warm));

    [Fact]
    public void A_log_without_one_has_none() => Assert.Null(ReportLine.Find("START RequestId: 6f Version: $LATEST\n"));
}
