using Fogbank.Kernel;
using Fogbank.Services.Ec2;
using Fogbank.Services.Ecr;
using Fogbank.Services.Ecs;
using Fogbank.Services.Iam;
using Fogbank.Services.Lambda;
using Fogbank.Services.Logs;
using Fogbank.Services.S3;
using Fogbank.Wire.Surfaces;
using Xunit;

namespace Fogbank.Tests.Unit.Repository;

/// <summary>docs/coverage.md is made from the dispatch tables, never by hand.</summary>
public sealed class CoveragePageTests
{
    [Fact]
    public void The_coverage_page_is_what_the_tables_say()
    {
        IServiceModule[] modules = [new IamModule(), new LogsModule(), new S3Module(), new EcrModule(), new Ec2Module(), new EcsModule(), new LambdaModule()];
        var registry = new OperationRegistry();
        foreach (var module in modules)
        {
            module.MapOperations(registry);
        }

        var page = CoverageReport.Build([.. modules.SelectMany(module => module.Apis)], registry).ToMarkdown();
        var path = Path.Combine(RepositoryRoot.Path, "docs", "coverage.md");
        if (Environment.GetEnvironmentVariable("FOGBANK_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, "docs/coverage.md is out of date: run the unit tests once with FOGBANK_UPDATE_GOLDEN=1.");
    }
}
