global using Fogbank.Contracts.Ec2;
global using Fogbank.Kernel;
