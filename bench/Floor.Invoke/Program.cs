using Floor.Invoke;

// The least that can stand between a client and a Lambda runtime: a web server that hands the body of whatever is posted to the runtime
// that waits longest, and gives back what it answers. No signatures, no API, no log, no limits, no isolation.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(options =>
{
    options.AddServerHeader = false;
    options.ListenLocalhost(int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture));
    options.ListenLocalhost(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
});
var app = builder.Build();
var bridge = new Bridge();
app.Run(bridge.HandleAsync);
app.Run();
