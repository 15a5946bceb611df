using Fogbank.Load;

var settings = new Settings(args);
var report = new Report();
var kinds = args.Where(static arg => arg is "start" or "invoke" or "cold" or "objects" or "images" or "registry" or "reset").ToHashSet();
if (kinds.Count == 0)
{
    kinds = ["start", "invoke", "cold"];
}

if (kinds.Contains("start"))
{
    StartBench.Run(settings, report);
}

if (kinds.Contains("invoke"))
{
    InvokeBench.Run(settings, report);
}

if (kinds.Contains("cold"))
{
    ColdBench.Run(settings, report);
}

if (kinds.Contains("images"))
{
    ColdImageBench.Run(settings, report);
}

if (kinds.Contains("objects"))
{
    await ObjectBench.RunAsync(settings, report);
}

if (kinds.Contains("reset"))
{
    await ResetBench.RunAsync(settings, report);
}

if (kinds.Contains("registry"))
{
    RegistryBench.Run(settings, report);
}

if (settings.Output is { } path)
{
    report.Save(path);
}
