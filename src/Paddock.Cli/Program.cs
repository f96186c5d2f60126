Console.Error.WriteLine("paddock: no command yet");
return 2;
