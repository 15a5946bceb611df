// What the platform itself needs to answer a request: the start and idle memory of Fogbank are held against this.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.Run(static context => context.Response.WriteAsync("ok"));
app.Run($"http://127.0.0.1:{args[0]}");
