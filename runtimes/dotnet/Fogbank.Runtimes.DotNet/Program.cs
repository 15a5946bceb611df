using Fogbank.Lambda;
using Fogbank.Runtimes.DotNet;

var root = Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") ?? "/var/task";
var handler = Environment.GetEnvironmentVariable("_HANDLER") ?? "";
if (handler.Length > 0 && !handler.Contains("::", StringComparison.Ordinal))
{
    // An executable assembly is its own client of the Runtime API and wants its own runtimeconfig.json.
    Executable.Become(Path.Combine(root, handler + ".dll"));
}

await LambdaBootstrap.RunAsync(() => UserFunction.Load(root, handler));
