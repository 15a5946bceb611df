using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Fogbank.Load;

/// <summary>A Fogbank of the benches' own, in a folder that goes away with it.</summary>
internal sealed class Region : IDisposable
{
    public const string Role = "arn:aws:iam::000000000000:role/bench";

    private static readonly byte[] Handler = "def handler(event, context):\n    return None\n"u8.ToArray();

    private readonly string _folder;
    private readonly bool _ownsFolder;
    private readonly Child _child;
    private readonly RawClient _client;

    public Region(string program, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        _ownsFolder = folder is null;
        _folder = folder ?? Directory.CreateTempSubdirectory("fogbank-bench").FullName;
        var port = Child.FreePort();
        _child = Start(program, port, _folder, environment).WaitUntilAnswers("/_fogbank/health");
        _client = new RawClient(port);
    }

    public int Port => _child.Port;

    public int Pid => _child.Pid;

    public static Child Start(string program, int port, string folder, IReadOnlyDictionary<string, string>? environment = null) => Child.Start(
        program, port, ["up", "--port", port.ToString(CultureInfo.InvariantCulture), "--data-dir", folder], environment);

    public void CreateRole()
    {
        const string trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
        _client.Expect(RawClient.Sign(Port, "iam", "POST", "/", $"Action=CreateRole&Version=2010-05-08&RoleName=bench&AssumeRolePolicyDocument={trust}", "application/x-www-form-urlencoded"));
    }

    public void CreateRepository(string name) => _client.Expect(RawClient.Sign(
        Port, "ecr", "POST", "/", $$"""{"repositoryName":"{{name}}"}""", "application/x-amz-json-1.1", ("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.CreateRepository")));

    /// <summary>Creates a function that does nothing, and waits until it can be invoked. Its package is its own.</summary>
    public void CreateFunction(string name, int memoryMegabytes)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(archive, "index.py", Handler);
            Write(archive, "name.txt", Encoding.UTF8.GetBytes(name));
        }

        var body = $$$"""
            {"FunctionName":"{{{name}}}","Runtime":"python3.12","Role":"{{{Role}}}","Handler":"index.handler","MemorySize":{{{memoryMegabytes}}},"Timeout":30,"Code":{"ZipFile":"{{{Convert.ToBase64String(zip.ToArray())}}}"}}
            """;
        Create(name, body);
    }

    /// <summary>Creates a function of an image, and waits until it can be invoked.</summary>
    public void CreateImageFunction(string name, int memoryMegabytes, string image) => Create(
        name,
        $$$"""
        {"FunctionName":"{{{name}}}","PackageType":"Image","Role":"{{{Role}}}","MemorySize":{{{memoryMegabytes}}},"Timeout":30,"Code":{"ImageUri":"{{{image}}}"}}
        """);

    private void Create(string name, string body)
    {
        _client.Expect(RawClient.Sign(Port, "lambda", "POST", "/2015-03-31/functions", body, "application/json"));
        for (var attempt = 0; attempt < 2000; attempt++)
        {
            using var answer = JsonDocument.Parse(_client.Expect(RawClient.Sign(Port, "lambda", "GET", $"/2015-03-31/functions/{name}/configuration", "", "application/json")));
            if (answer.RootElement.GetProperty("State").GetString() == "Active")
            {
                return;
            }

            Native.Nap(TimeSpan.FromMilliseconds(5));
        }

        throw new InvalidOperationException($"{name} did not become active.");
    }

    public void DeleteFunction(string name) =>
        _client.Expect(RawClient.Sign(Port, "lambda", "DELETE", $"/2015-03-31/functions/{name}", "", "application/json"));

    public byte[] Invocation(string name) => Invocation(Port, name);

    public static byte[] Invocation(int port, string name) =>
        RawClient.Sign(port, "lambda", "POST", $"/2015-03-31/functions/{name}/invocations", "{}", "application/json", ("X-Amz-Invocation-Type", "RequestResponse"));

    public void Dispose()
    {
        _client.Dispose();
        _child.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void Write(ZipArchive archive, string name, byte[] content)
    {
        using var entry = archive.CreateEntry(name).Open();
        entry.Write(content);
    }
}
