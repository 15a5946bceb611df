using Fogbank.Client;
using Fogbank.CommandLine.Functions;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public sealed class FunctionFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("app.py", "def handler(event, context):\n    pass\n", "python3.12", "app.handler")]
    [InlineData("lambda_function.py", "import os\n\ndef lambda_handler(event, context): pass\n", "python3.12", "lambda_function.lambda_handler")]
    [InlineData("index.mjs", "export const handler = async (event) => event;\n", "nodejs20.x", "index.handler")]
    [InlineData("index.mjs", "export async function handler(event) {}\n", "nodejs20.x", "index.handler")]
    [InlineData("index.mjs", "const handler = () => 1;\nexport { handler };\n", "nodejs20.x", "index.handler")]
    [InlineData("app.js", "exports.handler = async (event) => event;\n", "nodejs20.x", "app.handler")]
    [InlineData("bootstrap", "#!/bin/sh\n", "provided.al2023", "bootstrap")]
    public void Files_tell_what_they_run_on(string name, string text, string runtime, string handler) =>
        Assert.Equal(new FunctionFolder(runtime, handler, null), FunctionFolder.Guess(_folder.With(name, text).FullPath));

    [Theory]
    [InlineData("namespace My.Space;\n\npublic class Function\n{\n    public string Handle(string input) => input;\n}\n", "hello::My.Space.Function::Handle")]
    [InlineData("public class Class1\n{\n    public async Task<int> FunctionHandlerAsync(Order order, ILambdaContext context) => 1;\n}\n", "hello::Class1::FunctionHandlerAsync")]
    [InlineData("namespace A\n{\n    class Helper { }\n    public static class Entry { public static Stream Handler(Stream s) => s; }\n}\n", "hello::A.Entry::Handler")]
    public void A_DotNet_project_has_a_method_for_it(string source, string handler)
    {
        _folder.With("hello.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />").With("Function.cs", source);
        Assert.Equal(new FunctionFolder("dotnet10", handler, Path.Combine(_folder.FullPath, "hello.csproj")), FunctionFolder.Guess(_folder.FullPath));
    }

    [Fact]
    public void A_DotNet_program_is_its_own_handler()
    {
        _folder.With("hello.csproj", "<Project><PropertyGroup><OutputType>Exe</OutputType><AssemblyName>Other</AssemblyName></PropertyGroup></Project>");
        Assert.Equal("Other", FunctionFolder.Guess(_folder.FullPath).Handler);
    }

    [Fact]
    public void A_DotNet_project_without_a_handler_is_told_how_to_name_one()
    {
        _folder.With("hello.csproj", "<Project />").With("Class1.cs", "public class Class1 { }").With("obj/Made.cs", "public class X { public void Handle() {} }");
        Assert.Contains("--handler", Assert.Throws<CommandException>(() => FunctionFolder.Guess(_folder.FullPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_tells_is_said_with_the_way_out()
    {
        _folder.With("notes.txt", "hello").With("app.py", "print(1)\n");
        var message = Assert.Throws<CommandException>(() => FunctionFolder.Guess(_folder.FullPath)).Message;
        Assert.Contains("--runtime", message, StringComparison.Ordinal);
        Assert.Contains("--handler", message, StringComparison.Ordinal);
    }
}
